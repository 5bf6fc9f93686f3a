import { Link } from '@tanstack/react-router';
import { Archive, FileCheck, History, type LucideIcon, Play, Timer } from 'lucide-react';
import { useAnswer } from '../host/host.ts';
import { CopyButton } from '../ui/index.ts';

const works = [
  { icon: Archive, to: '/bundles', text: 'Open and verify bundles', detail: 'every digest and signature' },
  { icon: History, to: '/runs', text: 'Scrub past runs', detail: 'graph, events, logs, outputs' },
  { icon: FileCheck, to: '/runs/new', text: 'Check a manifest', detail: 'its types, fixtures and expectations' },
] as const;

/** Beside every screen without Docker: what can be done meanwhile, and what waits. */
export function WorksWithout() {
  const open = useAnswer('lease.list', { state: 'open' }).data?.count ?? 0;
  return (
    <aside
      className="w-[296px] flex-none overflow-y-auto border-line border-l bg-sunken p-6"
      aria-label="What works without Docker"
    >
      <h2 className="mb-3 font-semibold text-12">Works without Docker</h2>
      <ul className="mb-8 grid gap-3">
        {works.map(({ icon: Icon, to, text, detail }) => (
          <li key={to} className="grid grid-cols-[16px_1fr] items-start gap-3">
            <Icon size={16} strokeWidth={1.75} className="mt-0.5 text-fg-2" aria-hidden />
            <Link to={to} className="rounded-1 font-medium hover:underline">
              {text}
              <span className="block font-normal text-11 text-fg-2">{detail}</span>
            </Link>
          </li>
        ))}
      </ul>
      <h2 className="mb-3 font-semibold text-12">Waits for Docker</h2>
      <ul className="mb-8 grid gap-3">
        <Waits icon={Play} text="Runs" />
        {open > 0 && (
          <Waits
            icon={Timer}
            text={`${open} ${open === 1 ? 'lease' : 'leases'}`}
            detail="swept when the engine answers"
          />
        )}
      </ul>
      <FromTerminal />
    </aside>
  );
}

function Waits({ icon: Icon, text, detail }: { icon: LucideIcon; text: string; detail?: string }) {
  return (
    <li className="grid grid-cols-[16px_1fr] items-start gap-3 text-fg-2">
      <Icon size={16} strokeWidth={1.75} className="mt-0.5" aria-hidden />
      <div>
        {text}
        {detail !== undefined && <div className="text-11">{detail}</div>}
      </div>
    </li>
  );
}

/** The same checks as a command. */
export function FromTerminal() {
  return (
    <div className="rounded-3 border border-line bg-pane py-2 pr-2 pl-3">
      <span className="text-11 text-fg-2">From a terminal</span>
      <div className="flex items-center gap-2 font-mono text-12">
        <span className="text-fg-3" aria-hidden>
          $
        </span>
        <code className="flex-1">ppl doctor</code>
        <CopyButton text="ppl doctor" label="Copy the command" />
      </div>
    </div>
  );
}
