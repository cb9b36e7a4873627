import { DefaultLogger, Runtime } from '@temporalio/worker';

// Before any worker or connection of the process: the SDK's lines below this level are noise in a test report.
Runtime.install({ logger: new DefaultLogger('ERROR') });
