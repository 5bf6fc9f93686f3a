import type { ReactNode } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import type { RunForm } from './run-form.ts';

/** What a plan sends and what each output should mean, and the risks it names. */
export function PlanCases({ plan, form }: { plan: RunPlan; form: RunForm }) {
  const count = plan.cases.length + form.added.length;
  return (
    <>
      <Part title="Cases" count={count}>
        {count === 0 && (
          <p className="px-4 py-3 text-12 text-fg-2">
            None. This is a live test: its backend is set up, and stays until you tear it down.
          </p>
        )}
        <ul>
          {plan.cases.map(({ name, fixture, meaning, that, logs }) => (
            <Case key={name} name={name} fixture={fixture} meaning={meaning} checks={that.length + logs.length} />
          ))}
          {form.added.map(({ name, meaning }) => (
            <Case key={name} name={name} fixture={name} meaning={meaning.trim() || 'Not said yet.'} checks={0} />
          ))}
        </ul>
      </Part>
      {plan.risks.length > 0 && (
        <Part title="Risks" count={plan.risks.length}>
          <ul className="grid gap-1 px-4 py-3">
            {plan.risks.map(risk => (
              <li key={risk} className="selectable text-13">
                {risk}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Case(props: { name: string; fixture: string; meaning: string; checks: number }) {
  const { name, fixture } = props;
  const checks = props.checks === 1 ? '1 expectation' : `${props.checks} expectations`;
  return (
    <li className="grid grid-cols-[144px_1fr_auto] gap-4 border-line border-b px-4 py-2.5 text-13 last:border-b-0">
      <div className="min-w-0">
        <div className="truncate font-medium">{name}</div>
        {fixture !== name && <div className="truncate text-11 text-fg-2">sends {fixture}</div>}
      </div>
      <p className="selectable">{props.meaning}</p>
      <span className="text-12 text-fg-2">{checks}</span>
    </li>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section className="border-line border-b" aria-label={title}>
      <header className="flex h-9 items-center gap-2 border-line border-b px-4">
        <h2 className="font-semibold text-12">{title}</h2>
        <span className="text-12 text-fg-3">{count}</span>
      </header>
      {children}
    </section>
  );
}
