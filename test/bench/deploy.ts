import { Lab } from './support/lab.ts';
import { against, type Row, row, timed } from './support/measure.ts';
import { createNetwork, label, listening, type PeerSpec, removeTrio, specOf, startTrio } from './support/peer.ts';

const rounds = 7;
const slowRounds = 3;

/** From the call to ready: three vertices, images there, gateway up. */
export async function deploy(): Promise<Row[]> {
  await using lab = await Lab.open();
  const backend = await lab.jsonGraph();
  const specs = await Promise.all((await lab.inspect(await lab.deploy(backend))).map(specOf));
  await lab.undeploy(backend);
  await removeTrio(await startTrio(specs));
  await testcontainersTrio(specs);

  const samples = { ours: [] as number[], dockerode: [] as number[], testcontainers: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.ours.push(await timed(() => lab.deploy(backend)));
    await lab.undeploy(backend);
    let trio: Awaited<ReturnType<typeof startTrio>> | undefined;
    samples.dockerode.push(
      await timed(async () => {
        trio = await startTrio(specs);
      }),
    );
    if (trio !== undefined) await removeTrio(trio);
    if (round < slowRounds) samples.testcontainers.push(await testcontainersTrio(specs));
  }

  const cold: number[] = [];
  for (let round = 0; round < slowRounds; round++) {
    await lab.reopen();
    cold.push(await timed(() => lab.deploy(backend)));
    await lab.undeploy(backend);
  }

  const dockerode = row('deploy', 'dockerode, 3 in parallel', 'ms', samples.dockerode);
  const testcontainers = row('deploy', 'testcontainers, 3 in parallel', 'ms', samples.testcontainers);
  const ours = row('deploy', 'proofbench, warm gateway', 'ms', samples.ours);
  return [
    against(ours, dockerode, '≤ 1.15'),
    against(
      row('deploy', 'proofbench, rounds with testcontainers', 'ms', samples.ours.slice(0, slowRounds)),
      testcontainers,
      '≤ 0.6',
    ),
    against(row('deploy', 'proofbench, cold gateway', 'ms', cold), dockerode),
    dockerode,
    testcontainers,
  ];
}

/** How long testcontainers takes for the three, on a network made for them; they are gone afterwards. */
async function testcontainersTrio(specs: readonly PeerSpec[]): Promise<number> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const { GenericContainer, Wait } = await import('testcontainers');
  const start = performance.now();
  const network = await createNetwork();
  const started = await Promise.all(
    specs.map(({ image, user, host }) =>
      new GenericContainer(image)
        .withEntrypoint([...listening])
        .withNetworkMode(network)
        .withUser(user)
        .withDroppedCapabilities('ALL')
        .withSecurityOpt('no-new-privileges')
        .withTmpFs(host.Tmpfs ?? {})
        .withResourcesQuota({ memory: (host.Memory ?? 0) / 2 ** 30, cpu: (host.NanoCpus ?? 0) / 1e9 })
        .withLabels(label)
        .withWaitStrategy(Wait.forLogMessage('ready'))
        .start(),
    ),
  );
  const took = performance.now() - start;
  await removeTrio({ network, ids: started.map(container => container.getId()) });
  return took;
}
