import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { bytes, line, port, wholeNumber } from './values.ts'

const probes = z
  .strictObject({
    host: line('an address', '0.0.0.0').default('0.0.0.0').describe('Address of the probes.'),
    port: port().default(8086).describe('Port of the probes.'),
  })
  .optional()
  .describe('A listener of its own for probes. It serves /healthz and /readyz, nothing else, without token.')

const section = z.strictObject({
  host: line('an address', '127.0.0.1', '0.0.0.0')
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback needs tokenFile.'),
  port: port().default(8085).describe('Port to listen on. 0: any free one; collector.json tells which.'),
  tokenFile: line('a path', '/etc/eventloom/token')
    .optional()
    .describe('File with the secret (16 characters or more) that callers must send as "Authorization: Bearer …".'),
  allowSharedTokenFile: z
    .boolean()
    .default(false)
    .describe('Use tokenFile even when every user of this machine can read it.'),
  requestsPerMinute: wholeNumber(0, 1_000_000)
    .default(1_200)
    .describe('Most requests of one address in a minute. 0: no limit. Callers on loopback are never limited.'),
  memory: bytes(50_000_000)
    .prefault('200MB')
    .describe(
      'Memory that all answers together may take while they are made and sent. Further questions wait, then are refused.',
    ),
  probes,
})

/** Whether the two fields that the refusal is about are themselves right. */
const addressOnly = section.pick({ host: true, tokenFile: true }).loose()

export const apiSchema = section
  .refine(({ host, tokenFile }) => isLoopback(host) || tokenFile !== undefined, {
    path: ['host'],
    error: ({ input }) =>
      `"${String((input as { host?: unknown }).host)}" can be reached from other machines, and there is no tokenFile.`,
    params: {
      fix: 'Put a secret of 16 characters or more into a file and name it, for example tokenFile: /etc/eventloom/token. Or keep host: 127.0.0.1.',
    },
    when: ({ value }) => addressOnly.safeParse(value).success,
  })
  .prefault({})
  .describe('The HTTP API.')
