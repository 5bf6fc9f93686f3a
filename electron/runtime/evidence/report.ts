import type { RunEvent } from '../../../shared/events.ts';
import { medianMs } from './latency.ts';
import { escapeMarkup as e } from './markup.ts';
import type { EvidenceRecord } from './record.ts';
import { reportStyle } from './report-style.ts';

export interface InlinePicture {
  mediaType: string;
  base64: string;
}

export interface ReportInput {
  record: EvidenceRecord;
  events: readonly RunEvent[];
  /** Pictures small enough to be shown in place, by fixture name. */
  images: ReadonlyMap<string, InlinePicture>;
  /** Text of JSON outputs and metadata of others, by path in the bundle. */
  outputs: ReadonlyMap<string, string>;
  /** Outputs that are pictures small enough to be shown in place, by path in the bundle. */
  pictures: ReadonlyMap<string, InlinePicture>;
  logs: readonly { alias: string; stdout: string; stderr: string }[];
}

/** Each status by shape, word and colour, so that none of the three has to be seen. */
const statuses = { pass: '● Pass', mismatch: '◆ Mismatch', fail: '■ Fail', warn: '▲ Warning' } as const;
const maxLogCharacters = 500_000;

/** The evidence as one page that opens anywhere: no script, nothing loaded, everything escaped. Quotes and counts, no diagnosis. */
export function reportHtml(input: ReportInput): string {
  const { record, events, logs } = input;
  const { conclusion, expected, runtime_signal: signal } = record;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${e(record.unit_under_test.component?.name ?? 'Proof')} · ${conclusion.verdict}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<header>
  <h1>${e(record.unit_under_test.component?.name ?? 'Proof')}</h1>
  ${status(conclusion.verdict)}
  <span class="muted">${expected.cases.length} ${expected.cases.length === 1 ? 'case' : 'cases'} · ${e(record.created_at)} · <code>${e(record.evidence_id)}</code></span>
</header>
${conclusion.failure === null ? '' : `<h2>The run broke at ${e(conclusion.failure.stage)}</h2><pre class="fail">${e(conclusion.failure.code)}: ${e(conclusion.failure.message)}</pre>`}
<div class="two">
<section><h2>Unit under test</h2>${unit(record)}</section>
<section><h2>What this run did not exercise</h2>${risks(record)}</section>
</div>
<h2>Cases</h2>
${expected.cases.map(each => caseHtml(each, input)).join('\n')}
<h2>Runtime signal</h2>
${latency(record)}
<table><tr><th>Container</th><th>Status</th><th>Exit code</th><th>Restarts</th><th>stdout</th><th>stderr</th></tr>
${signal.containers
  .map(
    ({ alias, status: state, exit_code, oom_killed, restarts, stdout, stderr }) =>
      `<tr><td>${e(alias)}</td><td>${e(state)}${oom_killed ? ', out of memory' : ''}</td><td>${exit_code ?? '–'}</td><td>${restarts}</td><td>${stdout.bytes} B</td><td>${stderr.lines} lines</td></tr>`,
  )
  .join('\n')}
</table>
<h2>Logs</h2>
${logs.map(log).join('\n') || '<p class="muted">No container was started.</p>'}
<h2>Events</h2>
<details><summary>${events.length} events</summary><table><tr><th>#</th><th>At</th><th>Event</th><th></th></tr>
${events.map(event).join('\n')}
</table></details>
</main>
</body>
</html>
`;
}

function status(of: keyof typeof statuses): string {
  return `<span class="status ${of}">${statuses[of]}</span>`;
}

function unit({ unit_under_test: under }: EvidenceRecord): string {
  const rows = under.versions.map(
    version =>
      `<tr><td>${e(version.alias)}</td><td>${e(version.component)}</td><td><code>${short(version.image_digest)}</code></td><td><code>${short(version.source_sha256)}</code></td></tr>`,
  );
  const backend =
    under.backend === null
      ? ''
      : `<p class="muted">Graph <code>${short(under.backend.graph_hash)}</code>, operations ${under.backend.operations.from} to ${under.backend.operations.to}, head <code>${short(under.backend.head_hash)}</code></p>`;
  const { engine, host } = under.runtime;
  const machine = `${engine === null ? 'engine unknown' : `Docker ${e(engine.version)}, ${e(engine.os)} ${e(engine.architecture)}`} · Node ${e(host.node)} · ${host.cpus} CPUs`;
  return `<table><tr><th>Vertex</th><th>Component</th><th>Image</th><th>Source</th></tr>${rows.join('')}</table>${backend}<p class="muted">${machine}</p>`;
}

function risks({ conclusion }: EvidenceRecord): string {
  if (conclusion.risks.length === 0) return '<p class="muted">The manifest names no risk, and none was counted.</p>';
  return `<ul>${conclusion.risks
    .map(
      risk =>
        `<li><span class="status warn">▲</span> ${e(risk.text)} <span class="muted">(${risk.status === 'noted' ? 'from the manifest' : 'draft'})</span>${risk.quote === undefined ? '' : `<pre>${e(risk.quote)}</pre>`}</li>`,
    )
    .join('')}</ul>`;
}

function caseHtml(
  each: EvidenceRecord['expected']['cases'][number],
  { record, images, outputs, pictures }: ReportInput,
): string {
  const concluded = record.conclusion.cases.find(other => other.name === each.name);
  const observed = record.observed.cases.find(other => other.name === each.name);
  const latencyMs = record.runtime_signal.latency_ms.by_case[each.name];
  const picture = images.get(each.fixture);
  const expressions = each.that.map(({ expr, severity }) => {
    const result = concluded?.expressions.find(other => other.expr === expr);
    const of = result === undefined ? undefined : result.ok ? 'pass' : severity === 'warn' ? 'warn' : 'mismatch';
    return `<li>${of === undefined ? '<span class="muted">○ Not evaluated</span>' : status(of)} <code>${e(expr)}</code>${result?.error === undefined ? '' : `<pre>${e(result.error)}</pre>`}</li>`;
  });
  const frames = (observed?.frames ?? []).map(frame => {
    const text = outputs.get(frame.path);
    const shown = pictures.get(frame.path);
    return `<p class="muted"><code>${e(frame.path)}</code> · ${frame.bytes} B · <code>${short(frame.sha256)}</code></p>${shown === undefined ? '' : img(`Output of ${each.name}`, shown)}${text === undefined ? '' : `<pre>${e(pretty(text))}</pre>`}`;
  });
  const reasons = (concluded?.reasons ?? []).map(reason => `<li>${e(reason)}</li>`);
  return `<section class="case">
<div class="case-head"><h3>${e(each.meaning)}</h3>${concluded === undefined ? '<span class="muted">○ Not run</span>' : status(concluded.verdict)}</div>
<p class="muted">${e(each.name)} · fixture ${e(each.fixture)}${latencyMs == null ? '' : ` · ${latencyMs} ms`}</p>
<div class="case-body${picture === undefined ? ' no-picture' : ''}">
${picture === undefined ? '' : `<div>${img(`The fixture ${each.fixture}`, picture)}</div>`}
<div><ul>${expressions.join('')}</ul>${reasons.length === 0 ? '' : `<ul class="mono">${reasons.join('')}</ul>`}
<details${concluded?.verdict === 'pass' ? '' : ' open'}><summary>Observed: ${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}</summary>${frames.join('')}</details></div>
</div>
</section>`;
}

function img(alt: string, { mediaType, base64 }: InlinePicture): string {
  return `<img alt="${e(alt)}" src="data:${e(mediaType)};base64,${base64}">`;
}

function latency({ runtime_signal: { latency_ms: of } }: EvidenceRecord): string {
  if (of.first === null) return '<p class="muted">No answer came, so there is no latency.</p>';
  const rest = of.rest.length === 0 ? '' : `, median of the other ${of.rest.length} ${medianMs(of.rest)} ms`;
  return `<p>First request ${of.first} ms${rest}.</p>`;
}

function log({ alias, stdout, stderr }: ReportInput['logs'][number]): string {
  const part = (name: string, text: string, style: string) => {
    if (text === '') return '';
    const cut = text.length > maxLogCharacters;
    return `<p class="muted">${name}${cut ? `, its first ${maxLogCharacters} characters; all of it is in logs/` : ''}</p><pre class="${style}">${e(text.slice(0, maxLogCharacters))}</pre>`;
  };
  const nothing = stdout === '' && stderr === '' ? '<p class="muted">It wrote nothing.</p>' : '';
  return `<details${stderr === '' ? '' : ' open'}><summary>${e(alias)}</summary>${part('stdout', stdout, '')}${part('stderr', stderr, 'stderr')}${nothing}</details>`;
}

function event({ type, seq, at, lease_id: _lease, ...rest }: RunEvent): string {
  return `<tr><td>${seq}</td><td>${e(at.slice(11, 23))}</td><td>${e(type)}</td><td><code>${e(JSON.stringify(rest))}</code></td></tr>`;
}

function short(digest: string): string {
  return e(digest.replace('sha256:', '').slice(0, 8));
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
