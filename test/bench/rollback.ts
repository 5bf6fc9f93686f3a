import { Lab } from './support/lab.ts';
import { against, type Row, row, timed } from './support/measure.ts';
import { removeTrio, specOf, startTrio } from './support/peer.ts';

const rounds = 7;

/** From the call until nothing of the deployment is left on the engine. */
export async function rollback(): Promise<Row[]> {
  await using lab = await Lab.open();
  const backend = await lab.jsonGraph();
  const specs = await Promise.all((await lab.inspect(await lab.deploy(backend))).map(specOf));
  await lab.undeploy(backend);
  await removeTrio(await startTrio(specs));
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await lab.deploy(backend);
    ours.push(await timed(() => lab.undeploy(backend)));
    const trio = await startTrio(specs);
    peer.push(await timed(() => removeTrio(trio)));
  }
  const removed = row('rollback', 'docker rm -f of 3 + network rm', 'ms', peer);
  return [against(row('rollback', 'proofbench undeploy', 'ms', ours), removed), removed];
}
