import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Processes, not threads: Temporal's native part and its workers live and die with their file.
    pool: 'forks',
    // One more than the two cores that CI has: much of a file's time is waiting for servers and timers.
    maxWorkers: 3,
    // The packages of vendors take longer to load than most files take to run: a process loads them once.
    isolate: false,
    // To end what hangs, not to measure. Set here: what files share is loaded once in a process, for the first of them.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    teardownTimeout: 30_000,
  },
});
