import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { startTestApi, type TestApi } from './support.ts';

interface Operation {
  operationId: string;
  security: unknown[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { required: boolean };
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, unknown>;
    schemas: Record<string, { properties: Record<string, unknown> }>;
  };
}

let api: TestApi;
let document: Document;

beforeAll(async () => {
  api = await startTestApi();
  document = (await api.get('/openapi.json')).body;
});
afterAll(() => api.close());

/** Every `METHOD /api/…` that the app really has, from Express's own routing table. */
function mounted(app: Express): string[] {
  interface Layer {
    route?: { path: string; methods: Record<string, boolean> };
    handle?: { stack?: Layer[] };
  }
  const walk = (layers: Layer[]): string[] =>
    layers.flatMap(({ route, handle }) => {
      if (!route) return walk(handle?.stack ?? []);
      const methods = Object.keys(route.methods).filter((method) => method !== '_all');
      return methods.map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
    });
  return walk((app.router as unknown as { stack: Layer[] }).stack).filter((route) =>
    route.includes(' /api/'),
  );
}

it('is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0');
  const result = await new Validator().validate({ ...document });
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
});

it('has every mounted route and no other', () => {
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  const routes = mounted(createApp(api.deps));
  expect(routes.length).toBeGreaterThan(15);
  expect(documented.sort()).toEqual(routes.sort());
});

it('documents key, problems and parameters of every operation', () => {
  const ids = new Set<string>();
  let openOnes = 0;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      ids.add(operation.operationId);
      const open = operation.security.length === 0;
      if (!open) expect(operation.security).toEqual([{ apiKey: [] }]);
      openOnes += open ? 1 : 0;
      for (const status of ['400', ...(open ? [] : ['401']), '500', '503']) {
        expect(operation.responses[status]?.content['application/problem+json']?.schema).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
      const inPath = (operation.parameters ?? [])
        .filter((each) => each.in === 'path')
        .map((each) => each.name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    }
  }
  // Links that are a permission in themselves.
  expect(openOnes).toBe(3);
  expect(ids.size).toBe(Object.values(document.paths).flatMap((each) => Object.keys(each)).length);
  expect(document.components.securitySchemes.apiKey).toMatchObject({ type: 'http', scheme: 'bearer' });
  const { Appointment, Call } = document.components.schemas;
  expect(Appointment?.properties.startsAt).toEqual({ type: 'string', format: 'date-time' });
  expect(Call?.properties.startedAt).toEqual({ type: ['string', 'null'], format: 'date-time' });
  const cancel = document.paths['/api/appointments/{id}/cancel']?.post;
  expect(cancel?.requestBody?.required).toBe(false);
  const booking = document.paths['/api/bookings']?.post;
  expect(booking?.parameters).toContainEqual(
    expect.objectContaining({ name: 'idempotency-key', in: 'header', required: true }),
  );
});
