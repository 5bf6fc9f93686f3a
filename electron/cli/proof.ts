import type { Command } from 'commander';
import type { Context } from './context.ts';
import { withExample } from './help.ts';
import { printList, printTable } from './out.ts';
import { runProof } from './run.ts';

export function addProof(program: Command, context: Context): void {
  const proof = program.command('proof').description('prove that a backend means what it should');
  withExample(proof.command('run <manifest>'), 'ppl proof run tests/proof.yml')
    .description('run a manifest’s cases through one deployment, compare with what they should mean, seal the evidence')
    .option('--runtime <runtime>', 'id or name', 'local')
    .option('--cut-version-id <version>', 'prove this version instead of publishing the working directory')
    .option('--label <label>', 'label of the lease')
    .option('--ttl <duration>', 'the lease’s lifetime at most, e.g. 30m')
    .option('--keep-lease', 'leave everything up for inspection')
    .option('--offline', 'never try the network')
    .action((manifest: string, options) => runProof(context, manifest, options));

  const run = program.command('run').description('live tests and proofs that were run');
  withExample(run.command('list'), 'ppl run list')
    .description('list runs, the newest first')
    .action(async () =>
      printList(context.out, await context.call('run.list', {}), [
        'id',
        'kind',
        'name',
        'number',
        'state',
        'verdict',
        'warnings',
        'evidence_id',
        'created_at',
      ]),
    );
  withExample(run.command('show <run>'), 'ppl run show run_01k… | jq .plan.cases')
    .description('one run: what its manifest asks for and what became of it, also after its lease has gone')
    .action(async (ref: string) => context.out.data(await context.call('run.show', { run: ref })));
  withExample(run.command('watch <run>'), 'ppl run watch run_01k…')
    .description('events of a run as NDJSON, from the first, live to its end')
    .action(async (ref: string) => {
      for await (const event of (await context.caller()).watch(ref)) context.out.line(event);
    });
  withExample(run.command('cancel <run>'), 'ppl run cancel run_01k…')
    .description('end a run early; what it made is removed')
    .action(async (ref: string) => {
      await context.call('run.cancel', { run: ref });
    });

  const evidence = program.command('evidence').description('sealed records of proofs');
  withExample(evidence.command('list'), 'ppl evidence list')
    .description('list evidence, the newest first')
    .action(async () =>
      printList(context.out, await context.call('evidence.list', {}), [
        'id',
        'name',
        'verdict',
        'created_at',
        'bundle',
      ]),
    );
  withExample(evidence.command('show <evidence>'), 'ppl evidence show evd_01k… | jq .record.conclusion')
    .description('one record, with its six items')
    .action(async (ref: string) => context.out.data(await context.call('evidence.show', { evidence: ref })));
  withExample(evidence.command('save <evidence>'), 'ppl evidence save evd_01k… --to ./pets.proof')
    .description('write its bundle to a file')
    .requiredOption('--to <path>', 'file to write')
    .option('--overwrite', 'replace what is there')
    .action(async (ref: string, { to, overwrite }: { to: string; overwrite?: boolean }) => {
      const data = await context.call('evidence.save', { evidence: ref, to: context.path(to), overwrite });
      context.out.data({ data });
    });
  withExample(evidence.command('verify <bundle>'), 'ppl evidence verify pets.proof')
    .description('check every digest and signature of a bundle; needs no workspace and no Docker')
    .action(async (bundle: string) => {
      const { verifyBundle } = await import('../runtime/evidence/verify.ts');
      const report = await verifyBundle(context.path(bundle));
      if (context.out.isTerminal) {
        context.out.hint(
          `${report.ok ? 'verified' : 'NOT verified'}: ${report.evidence_id}, verdict ${report.verdict}, ${report.files} files`,
        );
        for (const { keyid, valid, detail } of report.signatures)
          context.out.hint(`signature ${keyid}: ${valid ? 'valid' : 'not valid'} (${detail})`);
        if (report.problems.length > 0) printTable(report.problems, ['problem', 'file', 'detail']);
      } else context.out.data(report);
      process.exitCode = report.ok ? 0 : 1;
    });
}
