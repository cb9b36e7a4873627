/** Who can place our calls. */
export const callProviders = ['callkaro', 'retell', 'vapi'] as const;
export type CallProviderName = (typeof callProviders)[number];

export const isCallProvider = (name: string): name is CallProviderName =>
  (callProviders as readonly string[]).includes(name);

/** What a provider can do beyond placing a call; decides what is done when something gets lost. */
export interface ProviderCapabilities {
  /** A call can be found by our attempt id: a lost answer can be looked up. */
  canLookUp: boolean;
  /** A call's state can be asked by the provider's id: a lost webhook can be fetched. */
  canPoll: boolean;
  /** Webhooks are signed. */
  signsWebhooks: boolean;
  /** Says when it rings or is answered. */
  sendsStarted: boolean;
}

/** A call to be placed. */
export interface Dial {
  /** Our id; goes into the provider's metadata together with `metadata`. */
  attemptId: string;
  /** E.164. */
  to: string;
  /** The provider's agent. */
  agentRef: string;
  /** Words the agent may use, e.g. the person's name. */
  variables: Record<string, string>;
  /** Ids only; come back in every webhook. */
  metadata: Record<string, string>;
  dialledAt: Date;
}

/** What a provider says of a call, in our words. */
export interface CallReport {
  /** Null: the provider does not say. */
  providerCallId: string | null;
  /** Our metadata, echoed; empty when the provider does not echo it. */
  metadata: Record<string, string>;
  status:
    | 'dialled'
    | 'ringing'
    | 'in-progress'
    | 'completed'
    | 'voicemail'
    | 'no-answer'
    | 'busy'
    | 'failed'
    | 'canceled';
  /** The provider's own word for the end. */
  endedReason: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
  durationMs: number | null;
  transcript: string | null;
  recordingUrl: string | null;
}

/** One provider of outbound calls behind the common port. Throws the vendor's classified errors. */
export interface CallProvider {
  name: CallProviderName;
  capabilities: ProviderCapabilities;
  /** Places a call; resolves with the provider's id of it. */
  dial(call: Dial): Promise<{ providerCallId: string }>;
  /** The call placed for an attempt; null: there surely is none. Only where `canLookUp`. */
  findByAttempt(query: {
    attemptId: string;
    to: string;
    dialledAfter: Date;
  }): Promise<{ providerCallId: string } | null>;
  /** The state of a call as raw body for the inbox, parsed with the provider's `readReport`. Only where `canPoll`. */
  fetchCall(providerCallId: string): Promise<Buffer>;
}
