import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathItemObject } from 'zod-openapi'
import { problemSchema } from './answer-schemas.ts'
import type { Described } from './endpoint.ts'
import { ENDPOINTS, EXPORT } from './endpoints.ts'
import { RECORDINGS, recordingSchema } from './recordings.ts'
import { SILENCES } from './silences.ts'

/** The OpenAPI 3.1 document of `/api/v1`, made from the schemas that requests are parsed with and answers tested by. */
export function openApi(version: string): object {
  const answers = ENDPOINTS.map((each) => [each, 'application/json', each.answerSchema] as const)
  const others = [[EXPORT, 'application/x-ndjson', z.string()], [RECORDINGS, 'application/json', recordingSchema]] as const // prettier-ignore
  const silences = SILENCES.map((each) => [each, 'application/json', each.answerSchema] as const)
  const all = [...answers, ...others, ...silences]
  const paths: Record<string, ZodOpenApiPathItemObject> = {}
  for (const [each, type, schema] of all) {
    const path = openApiPath(each.path)
    paths[path] = { ...paths[path], ...pathItem(each, type, schema) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Eventloom', version, description: 'Kubernetes events, kept and understood. All but POST /recordings and /silences only reads.', license: { name: 'Apache-2.0' } }, // prettier-ignore
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, {}],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  })
}

function pathItem(described: Described, type: string, answer: z.ZodType): ZodOpenApiPathItemObject {
  const names = [...described.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
  const path = names.length === 0 ? {} : { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }
  const operation: Omit<ZodOpenApiOperationObject, 'operationId'> = {
    summary: described.summary,
    responses: {
      '200': { description: 'The answer.', content: { [type]: { schema: answer } } },
      default: { description: 'What went wrong.', content: { 'application/problem+json': { schema: problemSchema } } },
    },
  }
  const get: ZodOpenApiOperationObject = {
    ...operation,
    requestParams: { ...path, query: withBlanks(described.request) },
  }
  const post: ZodOpenApiOperationObject = { ...operation, requestBody: { required: true, content: { 'application/json': { schema: withNulls(described.request) } } } } // prettier-ignore
  return Object.fromEntries(described.methods.map((method) => [method, method === 'post' ? post : get]))
}

/** In an address an empty text stands for what is not given. */
function withBlanks({ shape }: z.ZodObject): z.ZodObject {
  const entries = Object.entries<z.ZodType>(shape)
  return z.strictObject(Object.fromEntries(entries.map(([name, schema]) => [name, schema.meta({ ...schema.meta(), param: { allowEmptyValue: true } })]))) // prettier-ignore
}

/** In a body null and an empty text stand for what is not given. */
function withNulls({ shape }: z.ZodObject): z.ZodObject {
  const entries = Object.entries<z.ZodType>(shape)
  return z.strictObject(Object.fromEntries(entries.map(([name, schema]) => [name, schema.safeParse(undefined).success ? z.union([schema, z.literal(''), z.null()]).optional() : schema]))) // prettier-ignore
}

function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}
