import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const APPLIED_WITHIN_MS = 5_000;

/**
 * @typedef {'waiting' | 'registered' | 'ready' | 'lost'} VertexStatus
 * @typedef {{vertex_id: string, alias: string, token: string, config: Record<string, unknown>, inputs: {type: unknown}[],
 *   outputs: {type: unknown}[], endpoints: {name: string, kind: string, transports: string[]}[], log_level: string}} VertexPlan
 * @typedef {{id: string, from: string, from_output: number, to: string, to_input: number}} EdgePlan
 * @typedef {{vertices: VertexPlan[], edges: EdgePlan[]}} Plan
 * @typedef {{host: string, edgePort: number, httpPort: number, instance: string, send(message: object): void, close(): void,
 *   connected: Map<string, string> | undefined}} Link  a registered component; `connected` is what it was last told of its edges
 * @typedef {{plan: VertexPlan, status: VertexStatus, link: Link | undefined, configSeq: number,
 *   awaited: Map<number, (outcome: 'applied' | 'pending' | 'gone') => void>}} Vertex  `awaited`: by the seq of a config message
 */

/**
 * One deployment as the gateway sees it: who has registered, and what each component has been told. A component is known
 * by its token alone, so it can never name, and never reach, a vertex of another deployment.
 */
export class Deployment {
  /** @type {Map<string, Vertex>} */
  vertices = new Map();
  #edges;
  #watchers = new Set();

  /**
   * @param {string} id
   * @param {Plan} plan
   */
  constructor(id, plan) {
    this.id = id;
    this.plan = plan;
    for (const vertex of plan.vertices) {
      this.vertices.set(vertex.vertex_id, {
        plan: vertex,
        status: 'waiting',
        link: undefined,
        configSeq: 0,
        awaited: new Map(),
      });
    }
    this.#edges = plan.edges.map(edge => ({ ...edge, token: randomBytes(24).toString('base64url') }));
  }

  /**
   * @param {Vertex} vertex
   * @param {Link} link
   */
  register(vertex, link) {
    const { link: former } = vertex;
    vertex.link = link;
    former?.close();
    letGo(vertex, 'pending');
    // Its end was not seen, and it is another process: whoever watches must hear that the one before is gone.
    if (former && former.instance !== link.instance) this.#change(vertex, 'lost');
    const { plan } = vertex;
    link.send({
      type: 'welcome',
      config: plan.config,
      inputs: plan.inputs.map((port, index) => ({
        type: port.type,
        edges: this.#edges
          .filter(edge => edge.to === plan.vertex_id && edge.to_input === index)
          .map(({ id, token }) => ({ id, token })),
      })),
      outputs: plan.outputs.map(({ type }) => ({ type })),
      endpoints: plan.endpoints.map(endpoint => ({ ...endpoint, port: link.httpPort })),
      log_level: plan.log_level,
    });
    this.#change(vertex, 'registered');
    this.#connect();
  }

  /**
   * @param {Vertex} vertex
   * @param {Link} link
   */
  ready(vertex, link) {
    if (vertex.link === link && vertex.status === 'registered') this.#change(vertex, 'ready');
  }

  /**
   * @param {Vertex} vertex
   * @param {Link} link
   */
  lost(vertex, link) {
    if (vertex.link !== link) return;
    vertex.link = undefined;
    letGo(vertex, 'pending');
    this.#change(vertex, 'lost');
  }

  /**
   * Tells a component the new value of a parameter. Messages to one component keep their order. `pending`: it is not there, and is
   * told when it registers; `late`: it has not said in time that it applied it; `gone`: its
   * deployment has ended meanwhile.
   * @param {Vertex} vertex
   * @param {string} name
   * @param {unknown} value
   * @returns {Promise<'applied' | 'pending' | 'late' | 'gone'>}
   */
  async setConfig(vertex, name, value) {
    vertex.plan.config = { ...vertex.plan.config, [name]: value };
    if (!vertex.link) return 'pending';
    const seq = ++vertex.configSeq;
    vertex.link.send({ type: 'config', seq, name, value });
    const { promise, resolve } = Promise.withResolvers();
    const timer = setTimeout(() => resolve('late'), APPLIED_WITHIN_MS);
    vertex.awaited.set(seq, resolve);
    const outcome = await promise;
    clearTimeout(timer);
    vertex.awaited.delete(seq);
    return outcome;
  }

  /**
   * @param {Vertex} vertex
   * @param {Link} link
   * @param {number} seq
   */
  applied(vertex, link, seq) {
    if (vertex.link === link) vertex.awaited.get(seq)?.('applied');
  }

  /**
   * Takes over what another plan of the same graph says of parameters; false when it is of another graph, or lacks a
   * parameter, which no message could take away.
   */
  takeConfig(plan) {
    if (JSON.stringify(withoutConfig(this.plan)) !== JSON.stringify(withoutConfig(plan))) return false;
    const lacking = ({ vertex_id, config }) =>
      Object.keys(this.vertices.get(vertex_id).plan.config).some(name => !Object.hasOwn(config, name));
    if (plan.vertices.some(lacking)) return false;
    for (const { vertex_id, config } of plan.vertices) {
      const vertex = this.vertices.get(vertex_id);
      for (const [name, value] of Object.entries(config)) {
        if (JSON.stringify(vertex.plan.config[name]) !== JSON.stringify(value))
          void this.setConfig(vertex, name, value);
      }
    }
    return true;
  }

  /**
   * Calls back with every vertex as it is, then with each change.
   * @param {(event: {vertex_id: string, status: VertexStatus}) => void} onEvent
   * @param {() => void} onClose
   * @returns {() => void} stop watching
   */
  watch(onEvent, onClose) {
    for (const { plan, status } of this.vertices.values()) onEvent({ vertex_id: plan.vertex_id, status });
    const watcher = { onEvent, onClose };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close() {
    for (const vertex of this.vertices.values()) {
      const link = vertex.link;
      vertex.link = undefined;
      link?.close();
      letGo(vertex, 'gone');
    }
    for (const { onClose } of this.#watchers) onClose();
    this.#watchers.clear();
  }

  /** Tells every component, once all are there, of those of its edges whose far end is new to it. */
  #connect() {
    const vertices = [...this.vertices.values()];
    if (vertices.some(vertex => !vertex.link)) return;
    for (const { plan, link } of vertices) {
      const first = !link.connected;
      link.connected ??= new Map();
      const edges = [];
      for (const edge of this.#edges) {
        if (edge.from !== plan.vertex_id) continue;
        const peer = this.vertices.get(edge.to).link;
        if (link.connected.get(edge.id) === peer.instance) continue;
        link.connected.set(edge.id, peer.instance);
        const { host, edgePort: port, instance } = peer;
        edges.push({ id: edge.id, output: edge.from_output, host, port, token: edge.token, instance });
      }
      if (first || edges.length > 0) link.send({ type: 'connect', edges });
    }
  }

  #change(vertex, status) {
    vertex.status = status;
    for (const { onEvent } of this.#watchers) onEvent({ vertex_id: vertex.plan.vertex_id, status });
  }
}

/** All deployments of this gateway, found by id from the host's side and by a component's token from the other. */
export class Deployments {
  /** @type {Map<string, Deployment>} */
  #byId = new Map();
  /** @type {Map<string, {deployment: Deployment, vertex: Vertex, digest: Buffer}>} */
  #byToken = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  /** Whether any component is registered. */
  get hasComponents() {
    for (const { vertices } of this.#byId.values()) for (const { link } of vertices.values()) if (link) return true;
    return false;
  }

  /**
   * The same plan again changes nothing but the parameters that differ; another plan replaces the deployment, and its components
   * register anew.
   * @param {string} id
   * @param {Plan} plan
   */
  put(id, plan) {
    const known = this.#byId.get(id);
    if (known?.takeConfig(plan)) return;
    for (const { token } of plan.vertices) {
      const owner = this.#byToken.get(digestOf(token).toString('hex'));
      if (owner && owner.deployment.id !== id) throw new TypeError('a token is in use by another deployment');
    }
    this.delete(id);
    const deployment = new Deployment(id, plan);
    this.#byId.set(id, deployment);
    for (const vertex of deployment.vertices.values()) {
      const digest = digestOf(vertex.plan.token);
      this.#byToken.set(digest.toString('hex'), { deployment, vertex, digest });
    }
  }

  delete(id) {
    const deployment = this.#byId.get(id);
    if (!deployment) return;
    this.#byId.delete(id);
    for (const [key, entry] of this.#byToken) if (entry.deployment === deployment) this.#byToken.delete(key);
    deployment.close();
  }

  /** Looks up by digest, so that the time taken says nothing about the token. */
  findByToken(token) {
    const digest = digestOf(token);
    const entry = this.#byToken.get(digest.toString('hex'));
    return entry && timingSafeEqual(entry.digest, digest) ? entry : undefined;
  }
}

/** Whoever waits for an answer of a component that is gone need not: it is given its whole config when it is back. */
function letGo(vertex, outcome) {
  for (const resolve of vertex.awaited.values()) resolve(outcome);
}

function withoutConfig({ vertices, edges }) {
  return { vertices: vertices.map(({ config: _, ...vertex }) => vertex), edges };
}

function digestOf(token) {
  return createHash('sha256').update(token).digest();
}
