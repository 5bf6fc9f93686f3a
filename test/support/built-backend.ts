import { WebSocket } from 'ws';
import { componentFolder } from './components.ts';
import type { Outcome, Workspace } from './workspace.ts';

export interface DeploymentView {
  id: string;
  status: string;
  generation: number;
  debug: boolean;
  fixed: boolean;
  expires_at: string;
  error: { code: string; message: string } | null;
  containers: { id: string; alias: string; status: string; restarts: number; exit_code: number | null }[];
  events: { seq: number; type: string; detail: Record<string, unknown> }[];
}

/** JSON in, a component, JSON out: a backend built verb by verb, as a person does. */
export class BuiltBackend {
  readonly #workspace: Workspace;
  readonly id: string;
  readonly urls: { in: string; out: string };

  private constructor(workspace: Workspace, id: string, urls: { in: string; out: string }) {
    this.#workspace = workspace;
    this.id = id;
    this.urls = urls;
  }

  /** Publishes the component, and wires it between the JSON harness as `in`, `cut` and `out`. */
  static async build(
    workspace: Workspace,
    component: Parameters<typeof componentFolder>[0] & { resources?: string },
  ): Promise<BuiltBackend> {
    const { resources, ...rest } = component;
    const files = componentFolder(rest);
    if (resources !== undefined) files['component.yml'] += `resources: ${resources}\n`;
    const dir = workspace.folder(files);
    const published = await workspace.json<{ data: { version_id: string } }>(['component', 'publish'], { cwd: dir });
    const { data } = await workspace.json<{ data: { backend_id: string } }>(['backend', 'create']);
    const harness = async (name: string) => {
      const [version] = await workspace.json<{ id: string }[]>(['component', 'versions', name]);
      return version?.id as string;
    };
    const add = (version: string, alias: string) =>
      workspace.json(['backend', 'add-vertex', data.backend_id, '--version', version, '--alias', alias]);
    await add(await harness('Input JSON HTTP'), 'in');
    await add(published.data.version_id, 'cut');
    await add(await harness('Output JSON HTTP'), 'out');
    for (const [from, to] of [
      ['in', 'cut'],
      ['cut', 'out'],
    ] as const) {
      const ends = ['--from-vertex', from, '--from-output', '0', '--to-vertex', to, '--to-input', '0'];
      await workspace.json(['backend', 'connect', data.backend_id, ...ends]);
    }
    const rows = await workspace.json<{ items: { alias: string; url: string }[] }>(['forward', data.backend_id]);
    const url = (alias: string) => rows.items.find(row => row.alias === alias)?.url as string;
    return new BuiltBackend(workspace, data.backend_id, { in: url('in'), out: url('out') });
  }

  /** Answers when it runs. */
  async deploy(...args: string[]): Promise<string> {
    const { data } = await this.#workspace.json<{ data: { deployment_id: string } }>([
      'backend',
      'deploy',
      '--runtime=local',
      `--backend=${this.id}`,
      '--wait',
      ...args,
    ]);
    return data.deployment_id;
  }

  undeploy(): Promise<unknown> {
    return this.#workspace.json(['backend', 'undeploy', `--backend=${this.id}`]);
  }

  setParameter(name: string, literal: string): Promise<Outcome> {
    return this.#workspace.ppl([
      'backend',
      'change-parameter',
      this.id,
      '--vertex=cut',
      `--name=${name}`,
      `--value=${literal}`,
    ]);
  }

  show(deployment: string): Promise<DeploymentView> {
    return this.#workspace.json<DeploymentView>(['deployment', 'show', deployment]);
  }

  post(text: string): Promise<Response> {
    return fetch(this.urls.in, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
  }

  /** Sends one message and resolves with the text that comes out. */
  async say(text: string): Promise<string> {
    const socket = new WebSocket(this.urls.out.replace(/^http/, 'ws'));
    try {
      await new Promise((open, failed) => {
        socket.once('open', open);
        socket.once('error', failed);
      });
      const answer = new Promise<string>((came, failed) => {
        socket.once('message', data => came(String(data)));
        socket.once('close', () => failed(new Error('the output was closed')));
      });
      // Where the input refuses, nobody waits for it.
      answer.catch(() => undefined);
      const accepted = await this.post(text);
      if (accepted.status !== 202) throw new Error(`the input answered ${accepted.status}: ${await accepted.text()}`);
      return (JSON.parse(await answer) as { text: string }).text;
    } finally {
      socket.close();
    }
  }
}

/** Statuses of a deployment in the order in which they were recorded. */
export function statusesOf({ events }: Pick<DeploymentView, 'events'>): string[] {
  return events.filter(event => event.type === 'status').map(event => String(event.detail.to));
}
