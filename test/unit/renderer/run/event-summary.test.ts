import { describe, expect, it } from 'vitest';
import { eventSummary, eventVerdict, shortDigest } from '../../../../renderer/run/event-summary.ts';
import type { RunEventBody } from '../../../../shared/events.ts';
import { caseAtMs, eventsAt, setUp } from './runs.ts';

const aliasOf = new Map([['vtx_cut', 'cut']]);
const say = (body: RunEventBody) => eventsAt([0, body]).map(event => eventSummary(event, aliasOf))[0];

describe('the line of an event', () => {
  it('says when the lease ends', () => {
    expect(say((setUp[0] as [number, RunEventBody])[1])).toBe('expires in 30:00');
  });

  it('shortens ids and digests', () => {
    const version_id = 'ver_01k9xabcdefghjkmnpqrstvc7';
    const image_digest = 'sha256:9f4c12abffffffff';
    expect(say({ type: 'prerelease_published', version_id, image_digest })).toBe('ver_01k9…vc7 9f4c12ab');
    expect(shortDigest('5a952205ffff')).toBe('5a952205');
  });

  it('calls vertices by their alias, and by their id while that is not known', () => {
    const container_id = 'ctr_1';
    expect(say({ type: 'container_status', vertex_id: 'vtx_cut', container_id, status: 'running' })).toBe(
      'cut running',
    );
    expect(say({ type: 'param_set', vertex_id: 'vtx_cut', name: 'min_score' })).toBe('cut min_score');
    expect(say({ type: 'container', vertex_id: 'vtx_new', container_id })).toBe('vtx_new ctr_1');
  });

  it('says what flows from where to where', () => {
    const edge = { from: 'in', from_output: 0, to: 'cut', to_input: 1, edge_type: 'Image' };
    expect(say({ type: 'edge_connected', ...edge })).toBe('in.0 to cut.1 Image');
  });

  it('gives the latency of a case, and says when nothing came', () => {
    expect(say(caseAtMs(0, 'dog', 612)[1])).toBe('dog, 612 ms');
    expect(say(caseAtMs(0, 'dog', null)[1])).toBe('dog, no output');
  });

  it('quotes a failure after its stage', () => {
    const error = { code: 'deploy_failed', message: 'cut exited with 1.' };
    expect(say({ type: 'failed', stage: 'start', error })).toBe('start: cut exited with 1.');
  });

  it('counts endpoints', () => {
    const endpoint = { endpoint_name: 'e', vertex_id: 'vtx_1', alias: 'in', url: '', token: '' };
    const ready = { type: 'ready', backend_id: 'bck_1', deployment_id: 'dep_1' } as const;
    expect(say({ ...ready, endpoints: [endpoint] })).toBe('1 endpoint');
    expect(say({ ...ready, endpoints: [endpoint, endpoint] })).toBe('2 endpoints');
  });
});

describe('the mark at the end of the line', () => {
  it('is the verdict of a case, and fail where the run broke', () => {
    const [passed, broke, ready] = eventsAt(
      caseAtMs(0, 'dog'),
      [1, { type: 'failed', stage: 'start', error: { code: 'internal', message: '' } }],
      setUp.at(-1) as [number, RunEventBody],
    ).map(eventVerdict);
    expect([passed, broke, ready]).toEqual(['pass', 'fail', null]);
  });
});
