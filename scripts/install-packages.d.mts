export function installPackages(root: string, say: (text: string) => void, npm?: string): Promise<void>;
