import { hostname } from 'node:os';
import { TaskQueueType } from '@temporalio/client/lib/task-queue-mapping.js';
