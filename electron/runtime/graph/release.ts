import type { Type } from '../../../shared/types/type.ts';

export interface Parameter {
  type: Type;
  /** Canonical JSON; absent when a value must be given. */
  default?: unknown;
  secret: boolean;
  mutable: boolean;
}

/** A place for a file, as a component declares it. */
export interface FileSlot {
  /** File types that it takes. */
  types: readonly string[];
  optional: boolean;
  mutable: boolean;
}

/** What a graph needs to know of a component's version. */
export interface GraphRelease {
  version_id: string;
  component_id: string;
  /** The component's name. */
  component: string;
  image_digest: string;
  inputs: Type[];
  outputs: Type[];
  parameters: Record<string, Parameter>;
  files: Record<string, FileSlot>;
  endpoints: { name: string; kind: 'ingress' | 'egress'; transports: string[] }[];
}

/** Looks a version up; throws AppError `not_found`. */
export type ReleaseLookup = (versionId: string) => GraphRelease;

/** What a graph needs to know of a file. */
export interface GraphFile {
  name: string;
  type: string;
  sha256: string;
}

/** Looks a file up; throws AppError `not_found`. */
export type FileLookup = (fileId: string) => GraphFile;
