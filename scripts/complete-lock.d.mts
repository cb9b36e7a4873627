export interface Lock {
  packages: Record<
    string,
    { version?: string; dev?: boolean; engines?: object; optionalDependencies?: Record<string, string> }
  >;
}

export function missingPlatforms(lock: Lock): Record<string, object>;
