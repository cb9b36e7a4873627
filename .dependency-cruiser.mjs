/**
 * Who may import whom (docs/architecture.md, "Import rules"). `scripts/`, `bench/` and `test/` are free:
 * they put the parts together. A `type` rule lets `import type` through, which leaves nothing at run time.
 */

/** A package wherever npm put it. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const ANY_PACKAGE = '(^|/)node_modules/';
const LAYERS = 'api|activities|workflows|workers|integrations|platform|db|shared';
const FREE = 'scripts|bench|test|docker';

/** Forbids edges from one layer; `to` is a dependency-cruiser condition. */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from } : from,
  to: typeof to === 'string' ? { path: to } : to,
});
const atRunTime = { dependencyTypesNot: ['type-only'] };

const layers = [
  never(
    'shared-stands-alone',
    'shared/ is the vocabulary of both sides of the sandbox: it knows nobody.',
    '^shared/',
    `^(?!shared)(${LAYERS}|${FREE})/`,
  ),
  never(
    'integration-knows-only-its-vendor',
    'A vendor folder uses shared/, itself and what all vendors share: files right in integrations/.',
    '^integrations/([^/]+)/',
    { path: '^integrations/', pathNot: '^integrations/($1/|[^/]+\\.ts$)' },
  ),
  never(
    'integrations-know-no-layer',
    'A vendor client must be usable without the application.',
    '^integrations/',
    `^(api|activities|workflows|workers|platform|db|${FREE})/`,
  ),
  never(
    'workflows-import-activities-as-types',
    'A value import would pull the database client into the workflow bundle.',
    '^workflows/',
    { path: '^activities/', ...atRunTime },
  ),
  never(
    'workflows-know-no-layer',
    'A workflow reaches the outside through its activities only.',
    '^workflows/',
    `^(api|workers|integrations|platform|db|${FREE})/`,
  ),
  never(
    'chain-uses-only-the-face-of-another',
    'Another chain is its contract and its workflow; everything else of it is private.',
    '^workflows/([^/]+)/([^/]+)/',
    { path: '^workflows/[^/]+/[^/]+/', pathNot: '^workflows/($1/$2/|[^/]+/[^/]+/(contract|workflow)\\.ts$)' },
  ),
  never(
    'workflow-lib-knows-no-chain',
    'What all chains share must not depend on one of them.',
    '^workflows/(lib/|policies\\.ts$)',
    '^workflows/(?!lib/)[^/]+/[^/]+/',
  ),
  never(
    'activities-stay-in-their-chain',
    'What two chains need belongs to db/ or platform/.',
    '^activities/([^/]+)/([^/]+)/',
    { path: '^activities/', pathNot: '^activities/$1/$2/' },
  ),
  never(
    'activities-know-contracts-as-types',
    'An activity takes and returns what the contract says; it runs no workflow code.',
    '^activities/',
    { path: '^workflows/', ...atRunTime },
  ),
  never('activities-know-only-contracts', 'Of a workflow an activity knows the contract.', '^activities/', {
    path: '^workflows/',
    pathNot: '/contract\\.ts$',
  }),
  never(
    'activities-get-parts-through-deps',
    'Clients, ledger and settings are handed in (platform/deps.ts), so that a test can hand in others.',
    '^activities/',
    { path: '^(platform|integrations)/', ...atRunTime },
  ),
  never(
    'activities-know-no-process',
    'Activities run in any process.',
    '^activities/',
    `^(api|workers|${FREE})/`,
  ),
  never(
    'workers-load-workflows-as-bundle',
    'A worker gets the path of the bundle; it never imports workflow code.',
    '^workers/',
    `^(workflows|integrations)/`,
  ),
  never(
    'workers-know-only-the-hand-over',
    'A worker sweeps the inbox with the same deliveries as the API, and serves nobody.',
    '^workers/',
    { path: '^api/', pathNot: '^api/webhooks/hand-over\\.ts$' },
  ),
  never('workers-know-only-the-bundler', 'Of scripts/ a worker needs the bundle.', '^workers/', {
    path: `^(${FREE})/`,
    pathNot: '^scripts/bundle\\.ts$',
  }),
  never(
    'api-knows-only-contracts',
    'The API starts and signals through contracts; messages of reviews and the list of schedules are data of every chain.',
    '^api/',
    { path: '^workflows/', pathNot: '/contract\\.ts$|^workflows/(lib/review-messages|schedules)\\.ts$' },
  ),
  never(
    'api-knows-webhooks-of-vendors',
    'Of a vendor the API needs signature and shape of its webhooks.',
    '^api/',
    { path: '^integrations/', pathNot: '/(webhook|outbound-report)\\.ts$', ...atRunTime },
  ),
  never('api-runs-no-activity', 'Work is done by workers.', '^api/', `^(activities|workers|${FREE})/`),
  never(
    'only-deps-knows-integrations',
    'platform/deps.ts is the composition root; vendor-clients.ts and vendor-checks.ts are parts of it.',
    { path: '^(platform|db)/', pathNot: '^platform/(deps|vendor-(clients|checks))\\.ts$' },
    '^integrations/',
  ),
  never(
    'platform-knows-activities-as-types',
    'The mechanisms serve all chains and run none.',
    '^(platform|db)/',
    { path: '^activities/', ...atRunTime },
  ),
  never(
    'platform-knows-no-process',
    'The mechanisms serve all chains and run none.',
    '^(platform|db)/',
    `^(api|workers|workflows|${FREE})/`,
  ),
];

const outside = [
  never(
    'workflow-packages',
    'Workflow code is deterministic: of packages only these two know the sandbox.',
    '^workflows/',
    { path: ANY_PACKAGE, pathNot: packages('@temporalio/workflow', '@temporalio/common') },
  ),
  never(
    'sandbox-has-no-node',
    'Neither workflows nor shared/ can use modules of Node.',
    '^(workflows|shared)/',
    {
      dependencyTypes: ['core'],
    },
  ),
  never(
    'shared-packages',
    'What shared/ imports ends up in the workflow bundle: pure packages only.',
    '^shared/',
    {
      path: ANY_PACKAGE,
      pathNot: packages('@temporalio/common', 'temporal-polyfill', 'libphonenumber-js', 'liquidjs'),
      ...atRunTime,
    },
  ),
  never('express-in-api', 'HTTP serving is the business of api/.', `^(?!api/)(${LAYERS})/`, {
    path: packages('express', 'helmet'),
  }),
  never(
    'vendor-sdk-in-integrations',
    'One folder knows a vendor.',
    { path: '.', pathNot: '^(integrations|bench|test)/' },
    {
      path: packages(
        'retell-sdk',
        '@vapi-ai/server-sdk',
        'twilio',
        'openai',
        'nodemailer',
        '@types/nodemailer',
        'smtp-server',
        'mailparser',
        'stripe',
        'web-push',
        '@types/web-push',
        'flydrive',
        '@aws-sdk/[^/]+',
      ),
    },
  ),
  never(
    'hono-in-emulators',
    'Hono serves the emulators, which no production process loads.',
    { path: '.', pathNot: '^(integrations/[^/]+/emulator(/|\\.ts$)|scripts/emulators/|test/)' },
    { path: packages('hono', '@hono/[^/]+'), ...atRunTime },
  ),
  never(
    'emulators-stay-outside',
    'No production process loads an emulator.',
    {
      path: `^(${LAYERS})/`,
      pathNot: '^integrations/[^/]+/emulator',
    },
    '^integrations/[^/]+/emulator(/|\\.ts$)',
  ),
  never('sql-in-db', 'Vendor clients and the vocabulary know no database.', '^(integrations|shared)/', {
    path: packages('kysely', 'pg', '@types/pg'),
  }),
  never(
    'native-worker-in-workers',
    'The native part of the SDK is loaded where a worker runs.',
    '^(api|activities|db|integrations)/',
    { path: packages('@temporalio/worker'), ...atRunTime },
  ),
  never(
    'production-needs-no-dev-package',
    'The image is installed without development packages.',
    `^(${LAYERS})/`,
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packages('@types/[^/]+') },
  ),
  never('declared-packages', 'Every imported package stands in package.json.', '.', {
    dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
  }),
];

const order = [
  never('no-cycles', 'A cycle has no beginning to read from.', '.', { circular: true }),
  never('no-broken-import', 'The file or package does not exist.', '.', { couldNotResolve: true }),
  {
    name: 'no-orphans',
    comment: 'A file that nobody imports and that imports nobody is dead.',
    severity: 'error',
    from: {
      orphan: true,
      path: `^(${LAYERS})/`,
    },
    to: {},
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...layers, ...outside, ...order],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.switchboard)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.d.ts', '.d.mts', '.json'],
    },
  },
};
