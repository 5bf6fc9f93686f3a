import { Activity } from 'lucide-react';
import { useEffect, useState } from 'react';
import { queries, useAnswer, useEngine } from '../host/host.ts';
import { Button, PaneMessage } from '../ui/index.ts';
import { DockerScreen } from './docker-screen.tsx';
import { troubleOf } from './docker-texts.ts';
import { DoctorTable } from './doctor-table.tsx';
import { EngineFacts } from './engine-facts.tsx';
import { FromTerminal, WorksWithout } from './works-without.tsx';

/** The Docker of this machine: how it is, what is wrong with it, what the doctor says. */
export function RuntimeScreen() {
  const engine = useEngine();
  const trouble = troubleOf(engine);
  const isReady = engine.state === 'ready';
  const [isAsked, setAsked] = useState(false);
  // With Docker the doctor is asked by itself; without, what is wrong is on the screen already.
  const isWanted = isAsked || isReady;
  const doctor = useAnswer('doctor.run', {}, { enabled: isWanted });
  const { refetch } = doctor;
  useEffect(() => {
    // What it said was about the engine as it was.
    if (isWanted && engine.state !== 'checking') void refetch();
  }, [isWanted, engine.state, refetch]);
  const run = () => {
    if (isWanted) void refetch();
    else setAsked(true);
  };
  return (
    <>
      <header className="flex h-12 flex-none items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-16">Runtime</h1>
        <span className="text-fg-3">local</span>
        <span className="flex-1" />
        <Button icon={Activity} isBusy={doctor.isFetching} onPress={run}>
          Run doctor
        </Button>
      </header>
      {engine.state === 'checking' ? (
        <PaneMessage status="running" title="Looking for Docker" />
      ) : (
        <div className="flex min-h-0 flex-1">
          <div className="min-w-0 flex-1 overflow-y-auto">
            <div
              className={`mx-auto flex w-full max-w-[868px] flex-col gap-6 px-16 pb-16 max-[1100px]:px-6 ${isReady ? 'pt-6' : 'pt-14'}`}
            >
              {trouble !== undefined && <DockerScreen status={engine} trouble={trouble} />}
              {isReady && <EngineFacts />}
              {isWanted && (
                <DoctorTable
                  checks={doctor.data?.checks}
                  error={doctor.error}
                  isBusy={doctor.isFetching}
                  checkedAtMs={doctor.dataUpdatedAt}
                  onRun={run}
                  onCancel={() => void queries.cancelQueries({ queryKey: ['doctor.run'] })}
                />
              )}
              {isReady && <FromTerminal />}
            </div>
          </div>
          {!isReady && <WorksWithout />}
        </div>
      )}
    </>
  );
}
