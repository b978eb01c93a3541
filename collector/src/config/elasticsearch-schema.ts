import { z } from 'zod'
import { bytes, duration, line, wholeNumber } from './values.ts'

const secret = (title: string) => z.string().min(1).meta({ title })

const node = z
  .string()
  .regex(/^https?:\/\/[^\s/]+(\/\S*)?$/)
  // The message does not show the address: it holds a secret.
  .refine((address) => !/^\w+:\/\/[^/]*@/.test(address), {
    error: 'An address must not hold a user and a password.',
    params: { fix: 'Use username and passwordFile.' },
  })
  .meta({
    title: 'an address that begins with http:// or https://',
    examples: ['https://elasticsearch:9200'],
  })

const bulk = z
  .strictObject({
    maxBytes: bytes(1_000_000).prefault('5MB').describe('Most bytes of one request, before compression.'),
    maxDocuments: wholeNumber(1, 100_000).default(5_000).describe('Most documents of one request.'),
    inFlight: wholeNumber(1, 16)
      .default(2)
      .describe('Requests on their way at once. While the server says it has too much to do, it is one.'),
  })
  .prefault({})
  .describe('How observations are sent.')

const where = {
  nodes: z
    .array(node)
    .min(1)
    .max(32)
    .default(['http://127.0.0.1:9200'])
    .describe('Addresses of the cluster. Requests go to them in turn.'),
  cloudId: line('the id that Elastic Cloud shows', 'production:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pbyRhYmMxMjM=')
    .refine((id) => cloudAddress(id) !== null)
    .optional()
    .describe('A deployment of Elastic Cloud, instead of nodes.'),
  caFile: line('a path', '/etc/eventloom/ca.crt').optional().describe('PEM file of who signed the server certificate.'),
  requestTimeout: duration().prefault('30s').describe('An answer that takes longer counts as none.'),
}

const who = {
  username: line('a user', 'eventloom').optional().describe('User for basic authentication.'),
  password: secret('the password')
    .optional()
    .describe('Its password. A file is safer, and is read again when it changes.'),
  passwordFile: line('a path', '/etc/eventloom/password').optional().describe('File with the password.'),
  apiKey: secret('the encoded key').optional().describe('API key, as Kibana shows it ("encoded").'),
  apiKeyFile: line('a path', '/etc/eventloom/api-key').optional().describe('File with the API key.'),
  bearerTokenFile: line('a path', '/etc/eventloom/token').optional().describe('File with a bearer token.'),
  certificateFile: line('a path', '/etc/eventloom/tls.crt').optional().describe('PEM file of our own certificate.'),
  keyFile: line('a path', '/etc/eventloom/tls.key').optional().describe('PEM file of its key.'),
  allowSharedSecretFiles: z
    .boolean()
    .default(false)
    .describe('Use files with secrets even when every user of this machine can read them.'),
}

const layout = {
  prefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,60}$/)
    .meta({ title: 'lower-case letters, digits, "-" and "_" (at most 61)', examples: ['eventloom'] })
    .default('eventloom')
    .describe('Begins the names of all indices. Two installations on one cluster need two.'),
  shards: wholeNumber(1, 64).default(1).describe('Primary shards of the index of a day.'),
  replicas: wholeNumber(0, 8).default(1).describe('Replicas of each. 0 on a cluster of one node.'),
  refreshInterval: z
    .string()
    .regex(/^(-1|\d{1,6}(ms|s|m))$/)
    .meta({ title: 'a time as Elasticsearch writes it', examples: ['5s', '30s'] })
    .default('5s')
    .describe('How soon others see what was stored. The collector itself sees it at once.'),
  codec: z
    .enum(['best_compression', 'default'])
    .default('best_compression')
    .describe('"default" takes less time and more disk.'),
  pipeline: line('the name of an ingest pipeline', 'add-region')
    .optional()
    .describe('Ingest pipeline that events go through.'),
  lifecyclePolicy: line('the name of a policy', 'events').optional().describe('ILM policy of the index of a day.'),
  componentTemplates: z
    .array(line('the name of a component template', 'hot-tier'))
    .max(32)
    .default([])
    .describe('Component templates of yours that our index template is composed of: data tiers, slow logs, …'),
}

const section = z.strictObject({ ...where, ...who, ...layout, bulk })
type Section = Partial<Record<Exclude<keyof typeof who, 'allowSharedSecretFiles'>, string | undefined>>

/** Ways to say who we are; each excludes the others. */
const WAYS = [['username', 'password', 'passwordFile'], ['apiKey', 'apiKeyFile'], ['bearerTokenFile']] as const

export const elasticsearchSchema = section
  .refine((given: Section) => WAYS.filter((names) => names.some((name) => given[name] !== undefined)).length <= 1, {
    error: 'There is more than one way to authenticate.',
    params: { fix: 'Keep username with its password, or one API key, or one bearer token.' },
    when: isSection,
  })
  .refine((given: Section) => (given.certificateFile === undefined) === (given.keyFile === undefined), {
    error: 'A certificate and its key belong together.',
    params: { fix: 'Set both certificateFile and keyFile, or neither.' },
    when: isSection,
  })
  .transform(({ cloudId, nodes, ...rest }) => {
    return { ...rest, nodes: cloudId === undefined ? nodes : [cloudAddress(cloudId) ?? ''] }
  })
  .prefault({})
  .describe('An Elasticsearch cluster, 8.19 or newer.')

/** The address that a cloud id, `name:base64(HOST$UUID$…)`, stands for; null when it is none. */
function cloudAddress(cloudId: string): string | null {
  const encoded = cloudId.slice(cloudId.lastIndexOf(':') + 1)
  const [host = '', uuid = ''] = Buffer.from(encoded, 'base64').toString().split('$')
  const address = `https://${uuid}.${host}`
  return /^[\w-]+$/.test(uuid) && /^[\w.-]+(:\d+)?$/.test(host) ? address : null
}

function isSection({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
