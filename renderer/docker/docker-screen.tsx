import { Copy, Power, RefreshCw, Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { EngineStatus } from '../../shared/contract/index.ts';
import { bridge, useAct } from '../host/host.ts';
import { CommandLine } from '../runs/command-line.tsx';
import { Badge, Button, ErrorText, useHotkeys, useNow, VerbatimBlock } from '../ui/index.ts';
import { type DockerStep, type DockerText, type DockerTrouble, dockerText } from './docker-texts.ts';
import { checkRhythm } from './engine-words.ts';
import { LookedTable } from './looked-table.tsx';
import { type StartDocker, useStartDocker } from './use-start-docker.ts';

/** One of the five screens without Docker: what is wrong, what to press, what the engine said, where it was looked for. */
export function DockerScreen({ status, trouble }: { status: EngineStatus; trouble: DockerTrouble }) {
  const starter = useStartDocker(status);
  const said = starter.error?.details?.said;
  const text = dockerText(trouble, status, bridge.platform);
  return (
    <>
      <section className="mb-2 grid grid-cols-[48px_1fr] gap-4" aria-labelledby="docker-trouble">
        <span className="grid size-12 place-items-center rounded-4 border border-line-strong bg-raised text-fg-2 shadow-1">
          <Unplug size={24} strokeWidth={1.75} aria-hidden />
        </span>
        <div className="min-w-0">
          <div className="mb-1 flex h-5">
            <Badge status={trouble === 'starting' ? 'running' : 'fail'}>{text.badge}</Badge>
          </div>
          <h2 id="docker-trouble" className="font-semibold text-20 tracking-[-.014em]">
            {text.heading}
          </h2>
          <p className="mt-1 max-w-[560px] text-fg-2">{text.sentence}</p>
          <Actions status={status} trouble={trouble} text={text} starter={starter} />
        </div>
      </section>
      {starter.error !== undefined && <ErrorText error={starter.error} onRetry={starter.start} />}
      {Array.isArray(said) && said.length > 0 && (
        <VerbatimBlock title="What the start command said" lines={said.map(String)} />
      )}
      {text.steps.length > 0 && <Steps steps={text.steps} />}
      {status.said.length > 0 && <VerbatimBlock title="What the engine said" lines={status.said} />}
      <LookedTable looked={status.looked} />
    </>
  );
}

function Actions(props: { status: EngineStatus; trouble: DockerTrouble; text: DockerText; starter: StartDocker }) {
  const { status, trouble, text, starter } = props;
  const check = useAct('engine.check');
  const again = () => {
    if (!check.isBusy) void check.act({});
  };
  useHotkeys({ r: again });
  const command = text.steps.find(step => step.command !== undefined)?.command;
  const isStartShown = text.primary === 'start' || trouble === 'stopped' || starter.reason === undefined;
  return (
    <>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {text.primary === 'copy' && command !== undefined && <CopyCommand command={command} />}
        {isStartShown && (
          <Button
            variant={text.primary === 'start' ? 'primary' : 'default'}
            size="l"
            icon={Power}
            isBusy={starter.isBusy}
            isDisabled={starter.reason !== undefined}
            {...(starter.reason === undefined ? {} : { reason: starter.reason })}
            onPress={starter.start}
          >
            Start Docker
          </Button>
        )}
        <Button
          variant={text.primary === 'check' ? 'primary' : 'default'}
          size="l"
          icon={RefreshCw}
          kbd="R"
          isBusy={check.isBusy}
          onPress={again}
        >
          Check again
        </Button>
        <span className="ml-1 text-12 text-fg-2">{starter.isBusy ? <Waiting /> : checkRhythm(status.host)}</span>
      </div>
      {isStartShown && (
        <p className="mt-3 text-12 text-fg-2">
          {status.start_command === null ? (
            starter.reason
          ) : (
            <>
              Start Docker runs <code className="font-mono text-fg">{status.start_command}</code>
            </>
          )}
        </p>
      )}
      {check.error !== undefined && (
        <div className="mt-4">
          <ErrorText error={check.error} onRetry={again} />
        </div>
      )}
    </>
  );
}

/** How long this screen has waited for the start. */
function Waiting() {
  const [begunMs] = useState(() => Date.now());
  const now = useNow(1000);
  return <>Waiting for Docker, {Math.max(0, Math.round((now - begunMs) / 1000))} s</>;
}

function CopyCommand({ command }: { command: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <Button
      variant="primary"
      size="l"
      icon={Copy}
      onPress={() => {
        bridge.copy(command);
        setCopied(true);
      }}
    >
      {isCopied ? 'Copied' : 'Copy the command'}
    </Button>
  );
}

function Steps({ steps }: { steps: readonly DockerStep[] }) {
  return (
    <section aria-labelledby="docker-steps">
      <h3 id="docker-steps" className="mb-3 font-semibold text-12">
        What to do
      </h3>
      <ol className="grid gap-3">
        {steps.map(({ text, command }, index) => (
          <li key={text} className="grid grid-cols-[16px_1fr] gap-x-3 text-13">
            <span className="text-fg-3">{index + 1}</span>
            <div className="grid min-w-0 gap-2">
              <span>{text}</span>
              {command !== undefined && <CommandLine command={command} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
