export function cacheFolders(dataDir: string, env: NodeJS.ProcessEnv): string[];
export function writableCacheFolder(folders: string[]): string;
