import { LogModel, type LogModelOptions } from '../../../../renderer/logs/log-model.ts';

/** A model whose frames come when the test says so. */
export function aModel(options: Omit<LogModelOptions, 'frame'> = {}) {
  let waiting: (() => void)[] = [];
  const model = new LogModel({ paceMs: 0, ...options, frame: callback => void waiting.push(callback) });
  const frame = () => {
    const now = waiting;
    waiting = [];
    for (const each of now) each();
    return now.length;
  };
  return { model, frame };
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What is shown, as `alias text`. */
export function shown(model: LogModel): string[] {
  model.flush();
  return Array.from({ length: model.rows }, (_, row) => {
    const line = model.lineAt(row) as number;
    return `${model.container(line).alias} ${model.text(line)}`;
  });
}
