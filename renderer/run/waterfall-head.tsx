import { Pause, Play, SkipBack, SkipForward } from 'lucide-react';
import { Button, IconButton, PaneHead, seconds } from '../ui/index.ts';
import { useRun } from './run-store.ts';

/** The waterfall's head: what its shapes mean, where the playhead is, and the buttons that move it. */
export function WaterfallHead(props: { lastMs: number; play: { isPlaying: boolean; toggle: () => void } }) {
  const { lastMs, play } = props;
  const step = useRun(state => state.step);
  return (
    <PaneHead title="Waterfall">
      <Legend />
      <span className="flex-1" />
      <span className="flex gap-0.5">
        <IconButton icon={SkipBack} label="Previous event" kbd="[" onPress={() => step(-1)} />
        <IconButton
          icon={play.isPlaying ? Pause : Play}
          label={play.isPlaying ? 'Pause' : 'Play'}
          kbd="Space"
          onPress={play.toggle}
        />
        <IconButton icon={SkipForward} label="Next event" kbd="]" onPress={() => step(1)} />
      </span>
      <Reading lastMs={lastMs} />
      <GoLive />
    </PaneHead>
  );
}

function Reading({ lastMs }: { lastMs: number }) {
  const playheadMs = useRun(state => state.playheadMs);
  return (
    <span className="min-w-[104px] whitespace-nowrap text-right font-mono text-12">
      {seconds(playheadMs ?? lastMs)} <span className="text-fg-3">/ {(lastMs / 1000).toFixed(1)} s</span>
    </span>
  );
}

function GoLive() {
  const isLive = useRun(state => state.isLive);
  const isFollowing = useRun(state => state.playheadMs === null);
  const goLive = useRun(state => state.goLive);
  return (
    <Button size="s" kbd="L" isOn={isFollowing} onPress={goLive}>
      {isLive && <span aria-hidden className="size-2 rounded-full bg-running" />}
      {isLive ? (isFollowing ? 'Live' : 'Go to live') : isFollowing ? 'At the end' : 'Go to end'}
    </Button>
  );
}

const hatched = { background: 'repeating-linear-gradient(135deg, var(--bar) 0 2px, var(--bar-2) 2px 5px)' };
const box = 'h-2 w-3 rounded-[2px]';

function Legend() {
  return (
    <ul aria-label="Shapes" className="ml-2 flex items-center gap-3.5 overflow-hidden text-11 text-fg-2">
      <Key word="publish" shape={<i className={`${box} bg-bar`} />} />
      <Key word="start" shape={<i className={box} style={hatched} />} />
      <Key word="infer" shape={<i className={`${box} bg-ink`} />} />
      <Key word="send" shape={<Shape path="M1 0l6 4-6 4z" />} />
      <Key word="frame" shape={<Shape path="M4 0l4 4-4 4-4-4z" />} />
      <Key word="stderr" shape={<i className="size-2 rounded-full bg-stderr" />} />
    </ul>
  );
}

function Key({ word, shape }: { word: string; shape: React.ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      {shape}
      {word}
    </li>
  );
}

function Shape({ path }: { path: string }) {
  return (
    <svg width={8} height={8} viewBox="0 0 8 8" aria-hidden className="fill-fg-2">
      <path d={path} />
    </svg>
  );
}
