import { SUBPROTOCOL, serve } from './http-server.js';
import { runSink } from './run.js';
import { checked, inputs, isCheck } from './session.js';

const MAX_BEHIND_BYTES = 16 * 1024 * 1024;
const MAX_READER_PAYLOAD = 1_024;
const TRY_AGAIN_LATER = 1013;

/**
 * @param {string} endpointName
 * @param {{encode(...values: any[]): any, maxBehindBytes?: number}} options
 */
export function egress(endpointName, { encode, maxBehindBytes = MAX_BEHIND_BYTES }) {
  if (isCheck) checked();
  if (inputs.length === 0) throw new Error('pipelogic: a component with an egress endpoint needs an input stream');
  /** @type {Set<import('ws').WebSocket>} */
  const readers = new Set();
  const counts = { readers: 0, sent: 0, discarded: 0 };

  serve(endpointName, {
    methods: ['GET'],
    maxPayload: MAX_READER_PAYLOAD,
    socket(socket) {
      readers.add(socket);
      counts.readers = readers.size;
      socket.on('close', () => {
        readers.delete(socket);
        counts.readers = readers.size;
      });
    },
  });

  void runSink((values, ids) => {
    // Readers are not edges: nothing upstream waits for them.
    if (readers.size === 0) {
      counts.discarded++;
      return undefined;
    }
    const frames = encode(...values, { message_ids: ids });
    return typeof frames?.then === 'function' ? frames.then(ready => send(ready, ids)) : send(frames, ids);
  });

  function send(frames, ids) {
    if (frames.length === 0) return;
    counts.sent++;
    let announcement;
    for (const socket of readers) {
      if (socket.bufferedAmount > maxBehindBytes) {
        readers.delete(socket);
        socket.close(TRY_AGAIN_LATER, 'the reader fell behind');
        continue;
      }
      if (socket.protocol === SUBPROTOCOL) {
        announcement ??= announcementOf(ids, frames.length);
        socket.send(announcement);
      }
      for (const frame of frames) {
        if ('text' in frame) socket.send(frame.text);
        else socket.send(frame.binary, { binary: true });
      }
    }
  }

  return counts;
}

/** A message is one frame unless it says otherwise. */
function announcementOf(ids, frames) {
  return JSON.stringify({ type: 'message', message_ids: ids, ...(frames === 1 ? {} : { frames }) });
}
