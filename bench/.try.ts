import { run } from './ingest.ts';
await run();
