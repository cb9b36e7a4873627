import type { Db } from '../../db/connect.ts';
import type { Logger } from '../../platform/logger.ts';

const CACHE_MS = 30_000;

/** The parties of a call as the provider names them. */
export interface CallParties {
  agentId: string | null;
  direction: string | null;
  fromNumber: string | null;
  toNumber: string | null;
}

export interface PhoneLines {
  /** The company whose agent or number it is, or null. Never throws: the run looks again. */
  findCompany(parties: CallParties): Promise<string | null>;
}

interface Directory {
  byAgent: Map<string, string>;
  byNumber: Map<string, string>;
}

/**
 * Agent and number to company, from memory for 30 s. While the database is away the last list stays in use,
 * and a new look is taken only once in that time.
 */
export function createPhoneLines(db: Db, log: Logger, now: () => number = Date.now): PhoneLines {
  let directory: Directory = { byAgent: new Map(), byNumber: new Map() };
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  const load = async () => {
    loadedAtMs = now();
    try {
      const rows = await db
        .selectFrom('phone_lines')
        .select(['agent_id', 'number_e164', 'company_id'])
        .execute();
      directory = {
        byAgent: new Map(rows.map((row) => [row.agent_id, row.company_id])),
        byNumber: new Map(rows.map((row) => [row.number_e164, row.company_id])),
      };
    } catch (error) {
      log.warn({ err: error }, 'phone lines not loaded');
    } finally {
      loading = undefined;
    }
  };

  return {
    async findCompany({ agentId, direction, fromNumber, toNumber }) {
      if (now() - loadedAtMs >= CACHE_MS) loading ??= load();
      if (loading) await loading;
      const ownNumber = direction === 'outbound' ? fromNumber : toNumber;
      return directory.byAgent.get(agentId ?? '') ?? directory.byNumber.get(ownNumber ?? '') ?? null;
    },
  };
}
