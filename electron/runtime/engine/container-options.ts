import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from './engine.ts';

/** Where a component's init finds a later deadline than it was started with (`resources/images/base/init`). */
export const leaseFolder = '/run/lease';

/** Every container runs as this user; `app` in our base images. */
const user = '1000:1000';

/** What a spec means in the engine's terms, with the hardening that every container gets (DESIGN §6, §12). */
export function containerOptions(spec: ContainerSpec): ContainerCreateOptions {
  const ownNetwork = spec.network !== 'none' && spec.network !== 'bridge';
  return {
    name: spec.name,
    Image: spec.image,
    ...(spec.command ? { Cmd: spec.command } : {}),
    ...(spec.entrypoint ? { Entrypoint: spec.entrypoint } : {}),
    ...(spec.workdir ? { WorkingDir: spec.workdir } : {}),
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    User: user,
    Tty: false,
    OpenStdin: false,
    HostConfig: {
      NetworkMode: spec.network,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      PidsLimit: spec.pids,
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      NanoCpus: Math.round(spec.cpus * 1e9),
      Tmpfs: Object.fromEntries(Object.entries(spec.tmpfs).map(([path, bytes]) => [path, tmpfsOptions(path, bytes)])),
      Mounts: (spec.mounts ?? []).map(mount => ({
        Type: 'volume' as const,
        Source: mount.volume,
        Target: mount.target,
        ReadOnly: mount.readOnly,
      })),
      ...(spec.gpus === undefined ? {} : { DeviceRequests: [{ Count: spec.gpus, Capabilities: [['gpu']] }] }),
      RestartPolicy: { Name: 'no' },
      // Recovery after a host's death reads the whole log back, so a size limit in the user's daemon.json must not
      // apply; the driver takes no "unlimited" here, hence a size that is never reached.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1p' } },
    },
    ...(ownNetwork
      ? { NetworkingConfig: { EndpointsConfig: { [spec.network]: { Aliases: spec.aliases ?? [] } } } }
      : {}),
  };
}

/** `/tmp` is everyone's, as usual, and what a container is told by its engine root's; any other place is the component's own. */
function tmpfsOptions(path: string, bytes: number): string {
  const owner =
    path === '/tmp' ? 'mode=1777' : path === leaseFolder ? 'mode=0755,uid=0,gid=0' : 'mode=0700,uid=1000,gid=1000';
  return `rw,nosuid,nodev,noexec,size=${bytes},${owner}`;
}
