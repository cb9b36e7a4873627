import type { Binary } from './temporal-binary.d.mts';

export function downloadBinary(
  binary: Binary,
  target: string,
  check: (path: string) => string | null,
  options?: { origin?: string; answerLimitMs?: number },
): Promise<string>;
