export interface IngressOptions {
  /** The media types of a POST; anything else is answered with 415. */
  types: string[];
  /**
   * Returns what `run`'s function would: one value, or an array where the component has several outputs. What it throws
   * is answered with 400 and the message. `contentType` is undefined for a WebSocket frame, which carries none.
   */
  decode(bytes: Buffer, contentType: string | undefined): unknown;
}

export interface EgressOptions {
  /**
   * The WebSocket frames of one message. After the values, one for each input, comes `{message_ids}`, the inputs of the graph
   * that they were made of.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the type of the value is in component.yml
  encode(...values: any[]): EgressFrame[] | Promise<EgressFrame[]>;
  /** A reader that has more than this before it is closed with code 1013: 16 MiB unless told otherwise. */
  maxBehindBytes?: number;
}

export type EgressFrame = { text: string } | { binary: Uint8Array };

/** What an egress endpoint has done so far. */
export interface EgressCounts {
  readonly readers: number;
  readonly sent: number;
  readonly discarded: number;
}

/** Serves `/<endpointName>`: POST and WebSocket in, messages out. Takes the place of `run`. */
export function ingress(endpointName: string, options: IngressOptions): void;

/** Serves `/<endpointName>`: messages in, WebSocket frames out. Takes the place of `run`. */
export function egress(endpointName: string, options: EgressOptions): EgressCounts;
