import { appendFile } from 'node:fs/promises'
import type { Message } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { changeJson } from '../text.ts'

/** JSON lines, one for each change. What only still fires is told again on no line. */
export function lines(name: string, write: (text: string) => Promise<void>): Receiver {
  return {
    name,
    async send(messages) {
      const text = messages.flatMap(linesOf).join('')
      if (text !== '') await write(text)
    },
    close: () => Promise.resolve(),
  }
}

/** Appends to a file, which is opened each time: whoever moves it away gets a new one. */
export function file(name: string, path: string): Receiver {
  return lines(name, (text) =>
    appendFile(path, text, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      throw new ReceiverError('unavailable', `${path} cannot be written (${error.code ?? 'unknown'})`)
    }),
  )
}

function linesOf({ id, isRepeat, changes }: Message): readonly string[] {
  return isRepeat ? [] : changes.map((change) => `${JSON.stringify({ ...changeJson(change), message: id })}\n`)
}
