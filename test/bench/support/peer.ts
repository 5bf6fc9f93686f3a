import type { Readable } from 'node:stream';
import type { ContainerInspectInfo, HostConfig } from 'dockerode';
import { clear, docker } from './lab.ts';

/** On everything a peer makes. */
export const label = { 'proofbench.bench': String(process.pid) };

export const listening = ['node', '-e', `require('net').createServer().listen(7001, () => console.log('ready'))`];

/** What a container of ours runs with, for a peer to run with the same. */
export interface PeerSpec {
  image: string;
  user: string;
  host: HostConfig;
}

export async function specOf(container: ContainerInspectInfo): Promise<PeerSpec> {
  const { CapDrop, SecurityOpt, ReadonlyRootfs, PidsLimit, Memory, MemorySwap, NanoCpus, Tmpfs, LogConfig } =
    container.HostConfig;
  const image = await docker.getImage(container.Image).inspect();
  return {
    image: image.RepoTags[0] as string,
    user: container.Config.User,
    host: {
      CapDrop,
      SecurityOpt,
      ReadonlyRootfs,
      PidsLimit,
      Memory,
      MemorySwap,
      NanoCpus,
      Tmpfs,
      LogConfig,
    } as HostConfig,
  };
}

let made = 0;

export async function createNetwork(): Promise<string> {
  const name = `proofbench-bench-${process.pid}-${made++}`;
  await docker.createNetwork({ Name: name, Internal: true, Labels: label });
  return name;
}

export interface PeerOptions {
  network: string;
  alias?: string;
  entrypoint: readonly string[];
  /** A container port to publish on the loopback. */
  publish?: number;
}

/** Creates and starts a container as straight as the engine allows; resolves with its first line, "ready" for most. */
export async function startPeer(spec: PeerSpec, options: PeerOptions): Promise<{ id: string; line: string }> {
  const port = options.publish === undefined ? undefined : `${options.publish}/tcp`;
  const container = await docker.createContainer({
    Image: spec.image,
    Entrypoint: [...options.entrypoint],
    User: spec.user,
    Labels: label,
    ...(port === undefined ? {} : { ExposedPorts: { [port]: {} } }),
    HostConfig: {
      ...spec.host,
      NetworkMode: options.network,
      ...(port === undefined ? {} : { PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '0' }] } }),
    },
    ...(options.alias === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [options.network]: { Aliases: [options.alias] } } } }),
  });
  const output = (await container.attach({ stream: true, stdout: true, stderr: true })) as unknown as Readable;
  const line = firstLine(output);
  await container.start();
  return { id: container.id, line: await line };
}

/** Past the eight bytes with which the engine heads every piece of output. */
function firstLine(output: Readable): Promise<string> {
  return new Promise((found, failed) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (end >= 8) found(text.slice(8, end));
    });
    output.once('end', () => failed(new Error(`a peer ended without a line: ${text}`)));
    output.once('error', failed);
  });
}

/** The three of them as one would without Proofbench: everything at once. */
export async function startTrio(specs: readonly PeerSpec[]): Promise<{ network: string; ids: string[] }> {
  const network = await createNetwork();
  const started = await Promise.all(specs.map(spec => startPeer(spec, { network, entrypoint: listening })));
  return { network, ids: started.map(({ id }) => id) };
}

/** As `docker rm -f` and `docker network rm`, without the command's own start. */
export async function removeTrio({ network, ids }: { network: string; ids: readonly string[] }): Promise<void> {
  await Promise.all(ids.map(id => docker.getContainer(id).remove({ force: true, v: true })));
  await docker.getNetwork(network).remove();
}

export async function clearPeers(): Promise<void> {
  await clear(`proofbench.bench=${process.pid}`);
}
