import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * @typedef {'waiting' | 'registered' | 'ready' | 'lost'} VertexStatus
 * @typedef {{vertex_id: string, alias: string, token: string, config: Record<string, unknown>, inputs: {type: unknown}[],
 *   outputs: {type: unknown}[], endpoints: {name: string, kind: string, transports: string[]}[], log_level: string}} VertexPlan
 * @typedef {{id: string, from: string, from_output: number, to: string, to_input: number}} EdgePlan
 * @typedef {{vertices: VertexPlan[], edges: EdgePlan[]}} Plan
 * @typedef {{host: string, edgePort: number, httpPort: number, instance: string, send(message: object): void, close(): void,
 *   connected: Map<string, string> | undefined}} Link  a registered component; `connected` is what it was last told of its edges
 * @typedef {{plan: VertexPlan, status: VertexStatus, link: Link | undefined}} Vertex
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
      this.vertices.set(vertex.vertex_id, { plan: vertex, status: 'waiting', link: undefined });
    }
    this.#edges = plan.edges.map(edge => ({ ...edge, token: randomBytes(24).toString('base64url') }));
  }

  /**
   * @param {Vertex} vertex
   * @param {Link} link
   */
  register(vertex, link) {
    vertex.link?.close();
    vertex.link = link;
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
    this.#change(vertex, 'lost');
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

  /**
   * The same plan again changes nothing; another plan replaces the deployment, and its components register anew.
   * @param {string} id
   * @param {Plan} plan
   */
  put(id, plan) {
    const known = this.#byId.get(id);
    if (known && JSON.stringify(known.plan) === JSON.stringify(plan)) return;
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

function digestOf(token) {
  return createHash('sha256').update(token).digest();
}
