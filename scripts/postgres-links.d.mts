export function hydratePostgresLinks(packageFolder: string): number;
export function postgresPackageName(platform?: string, arch?: string): string;
