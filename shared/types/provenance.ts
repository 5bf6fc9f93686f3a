/** A statement that made a variable the same as another one, or as a type (`to` is then undefined). */
interface Link<Cause> {
  to: string | undefined;
  cause: Cause | undefined;
  /** The variables that had to be looked up before the two met: their links are part of the explanation. */
  because: readonly string[];
}

/**
 * Why variables stand for what they do. There is a link only where two that were apart became one, so that the links are a
 * forest: one way from a variable to the type it stands for, whose causes are the explanation.
 */
export class Provenance<Cause> {
  readonly #links = new Map<string, Link<Cause>[]>();

  /** Returns what takes the link back; links are taken back in reverse order. */
  link(a: string, b: string | undefined, cause: Cause | undefined, because: readonly string[]): () => void {
    const ends = [this.#add(a, { to: b, cause, because })];
    if (b !== undefined) ends.push(this.#add(b, { to: a, cause, because }));
    return () => {
      for (const links of ends) links.pop();
    };
  }

  /** The causes from the type that a variable stands for to the variable, each once. */
  causesOf(name: string): Cause[] {
    return this.#explain([this.#path(name, link => link.to === undefined)]);
  }

  /** The causes that made two variables one, each once. */
  causesBetween(a: string, b: string): Cause[] {
    return a === b ? [] : this.#explain([this.#path(a, link => link.to === b)]);
  }

  #add(name: string, link: Link<Cause>): Link<Cause>[] {
    const links = this.#links.get(name) ?? [];
    links.push(link);
    this.#links.set(name, links);
    return links;
  }

  #explain(paths: Link<Cause>[][]): Cause[] {
    const causes = new Set<Cause>();
    const explained = new Set<string>();
    for (const path of paths) {
      for (const { cause, because } of path) {
        if (cause !== undefined) causes.add(cause);
        for (const name of because) {
          if (explained.has(name)) continue;
          explained.add(name);
          paths.push(this.#path(name, link => link.to === undefined));
        }
      }
    }
    return [...causes];
  }

  /** The links from the end that was looked for back to `start`; none where there is no way. */
  #path(start: string, isEnd: (link: Link<Cause>) => boolean): Link<Cause>[] {
    const reached = new Map<string, { from: string; link: Link<Cause> } | undefined>([[start, undefined]]);
    const trace = (last: Link<Cause>, name: string) => {
      const path = [last];
      for (let step = reached.get(name); step !== undefined; step = reached.get(step.from)) path.push(step.link);
      return path;
    };
    for (const name of reached.keys()) {
      for (const link of this.#links.get(name) ?? []) {
        if (isEnd(link)) return trace(link, name);
        if (link.to !== undefined && !reached.has(link.to)) reached.set(link.to, { from: name, link });
      }
    }
    return [];
  }
}
