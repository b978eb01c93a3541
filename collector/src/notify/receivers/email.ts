import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import { digest, type Message } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { plainText, textOf } from '../text.ts'

export interface EmailOptions {
  readonly host: string
  readonly port: number
  /** `starttls` refuses to send in the clear; `none` does not encrypt. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly username: string | null
  readonly password: (() => Promise<string>) | null
  readonly caFile: string | null
  readonly from: string
  readonly to: readonly string[]
  /** Time that a server may be silent, ms. */
  readonly timeoutMs: number
}

/** Mail over SMTP. Messages of a group are one thread; what is sent twice has the same Message-ID. */
export function email(name: string, options: EmailOptions): Receiver {
  return {
    name,
    async send(messages, signal) {
      const transport = createTransport(await settingsOf(options))
      const stop = () => transport.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        for (const message of messages) await deliver(transport, message, options)
      } finally {
        signal.removeEventListener('abort', stop)
        transport.close()
      }
    },
    close: () => Promise.resolve(),
  }
}

/** Read for each message, so that password and certificate may be replaced. */
async function settingsOf({ host, port, security, username, password, caFile, timeoutMs }: EmailOptions) {
  const tls = caFile === null ? {} : { ca: await readFile(caFile) }
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls,
    ...(username === null ? {} : { auth: { user: username, pass: (await password?.()) ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

async function deliver(
  transport: ReturnType<typeof createTransport>,
  message: Message,
  options: EmailOptions,
): Promise<void> {
  const domain = /@([^@\s>]+)/.exec(options.from)?.[1] ?? 'eventloom'
  const thread = `<group-${digest(message.group.key)}@${domain}>`
  try {
    await transport.sendMail({
      from: options.from,
      to: [...options.to],
      subject: textOf(message).title,
      text: `${plainText(message)}\n`,
      messageId: `<${message.id}@${domain}>`,
      references: thread,
      inReplyTo: thread,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
  } catch (error) {
    throw failureOf(error, options.host)
  }
}

/** What the server said may quote what it was sent, so that only its number is told. */
function failureOf(error: unknown, host: string): ReceiverError {
  const { code, responseCode, command } = error as {
    readonly code?: string
    readonly responseCode?: number
    readonly command?: string
  }
  const at = command === undefined || !/^[A-Z ]{1,20}$/.test(command) ? '' : ` to ${command}`
  const said = responseCode === undefined ? (code ?? 'no connection') : `${responseCode}${at}`
  const words = code === 'EAUTH' ? `does not accept username and password (${said})` : `did not take it (${said})`
  const isMessage = (code === 'EMESSAGE' || code === 'EENVELOPE') && responseCode !== undefined && responseCode >= 500
  return new ReceiverError(isMessage ? 'refused' : 'unavailable', `${host} ${words}`)
}
