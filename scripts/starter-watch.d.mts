export function watchStarter(onGone: () => void, env?: NodeJS.ProcessEnv): void;
