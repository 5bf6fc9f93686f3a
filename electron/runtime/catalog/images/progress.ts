/** What preparing images tells while it goes on. */
export interface ImageProgress {
  message: string;
  done?: number;
  total?: number;
}

/** What everything that takes time here is given. */
export interface WorkOptions {
  signal?: AbortSignal;
  progress?: (progress: ImageProgress) => void;
  /** Never try a network; what is not cached is an `offline` error. */
  offline?: boolean;
}
