import { describe, expect, it } from 'vitest';
import { junitXml } from '../../../../electron/runtime/evidence/junit.ts';
import type { EvidenceRecord } from '../../../../electron/runtime/evidence/record.ts';
import { reportHtml } from '../../../../electron/runtime/evidence/report.ts';
import { record } from './bundles.ts';

const evil = '<script>alert("1")</script>\'&\u0007';

/** A record with `evil` in every text that a stranger chooses. */
function evilRecord(): EvidenceRecord {
  const all = record();
  const text = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string')
      return /^(verdict|severity|sha256|image_digest|source_sha256|head_hash|graph_hash|status|schema|created_at)$/.test(
        key ?? '',
      )
        ? value
        : evil;
    if (Array.isArray(value)) return value.map(item => text(item));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, text(field, name)]));
    return value;
  };
  const changed = text(all) as EvidenceRecord;
  changed.expected.cases[0]?.that.push({ expr: evil, severity: 'error' });
  changed.observed.cases[0]?.frames.push({
    path: evil,
    sha256: 'a'.repeat(64),
    bytes: 1,
    media_type: evil,
    message_ids: [],
    at: '',
  });
  changed.conclusion.cases = [
    {
      name: evil,
      verdict: 'mismatch',
      reasons: [evil],
      expressions: [{ expr: evil, severity: 'error', ok: false, error: evil }],
    },
  ];
  changed.conclusion.verdict = 'mismatch';
  changed.conclusion.failure = { stage: evil, code: evil, message: evil };
  changed.conclusion.risks = [{ kind: 'stderr', text: evil, quote: evil, status: 'draft' }];
  return changed;
}

const plain = {
  record: record(),
  events: [],
  images: new Map(),
  outputs: new Map(),
  pictures: new Map(),
  logs: [],
};

describe('the report', () => {
  it('escapes whatever a stranger chose, and has no script', () => {
    const html = reportHtml({
      record: evilRecord(),
      events: [{ type: 'failed', seq: 1, at: evil, lease_id: '', stage: evil, error: { code: evil, message: evil } }],
      images: new Map([[evil, { mediaType: `image/png"><script>`, base64: 'AAAA' }]]),
      outputs: new Map([[evil, JSON.stringify({ a: evil })]]),
      pictures: new Map([[evil, { mediaType: `image/png"><script>`, base64: 'AAAA' }]]),
      logs: [{ alias: evil, stdout: evil, stderr: evil }],
    });
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toContain('alert("1")');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;');
    expect(html).toContain("default-src 'none'");
    expect(html.match(/<[a-z][^>]*\son[a-z]+=/gi)).toBeNull();
  });

  it('says the verdict in a word, the meaning and the machine', () => {
    const html = reportHtml(plain);
    for (const text of ['● Pass', 'There is a dog.', 'First request 12 ms', 'Docker 28', 'No container was started.'])
      expect(html).toContain(text);
  });

  it('shows an output that is a picture, with its metadata', () => {
    const shown = record();
    const path = 'outputs/a_dog/0.png';
    shown.observed.cases[0]?.frames.push({
      path,
      sha256: 'a'.repeat(64),
      bytes: 3,
      media_type: 'image/png',
      metadata: { width: 2 },
      message_ids: [],
      at: '',
    });
    const html = reportHtml({
      ...plain,
      record: shown,
      outputs: new Map([[path, '{"width":2}']]),
      pictures: new Map([[path, { mediaType: 'image/png', base64: 'AAAA' }]]),
    });
    expect(html).toContain('<img alt="Output of a dog" src="data:image/png;base64,AAAA">');
    expect(html).toContain('&quot;width&quot;: 2');
  });
});

describe('the JUnit file', () => {
  it('counts a pass', () => {
    expect(junitXml(record())).toContain('<testsuites tests="1" failures="0" errors="0">');
    expect(junitXml(record())).toContain('<testcase name="a dog" classname="proof" time="0.012"/>');
  });

  it('counts a mismatch as a failure and a broken run as an error, and escapes them', () => {
    const xml = junitXml(evilRecord());
    expect(xml).toContain('tests="2" failures="1" errors="1"');
    expect(xml).not.toContain('<script>');
    expect(xml).not.toContain('\u0007');
    expect(xml).toContain('message="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\\x07"');
    const tags = [...xml.matchAll(/<(\/?)([a-z]+)(?:\s+[a-z]+="[^"<]*")*\s*(\/?)>/g)];
    const open: string[] = [];
    for (const [, closes, name, empty] of tags) {
      if (closes) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name as string);
    }
    expect(open).toEqual([]);
    expect(xml.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
  });
});
