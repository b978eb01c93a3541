import type { Response } from 'express'
import type { EventQuery } from '../query/model.ts'
import type { EventReader } from '../store/store.ts'
import { gapNotices } from './notices.ts'
import { observationJson } from './observation-json.ts'
import { PIECE_CHARACTERS } from './send-pieces.ts'

type ExportQuery = Pick<EventQuery, 'from' | 'to' | 'filter'>

/** GET /export in pieces of some lines: one observation as JSON on each, oldest first. */
async function* exportLines(reader: EventReader, query: ExportQuery, signal: AbortSignal): AsyncGenerator<string> {
  for await (const rows of reader.scan(query, signal)) {
    let piece = ''
    for (const row of rows) {
      piece += `${JSON.stringify(observationJson(row))}\n`
      if (piece.length < PIECE_CHARACTERS) continue
      yield piece
      piece = ''
    }
    if (piece !== '') yield piece
  }
}

/** An export with what must be known about it. */
export async function exportFrom(reader: EventReader, query: ExportQuery, signal: AbortSignal) {
  return { notices: await gapNotices(reader, query, signal), pieces: exportLines(reader, query, signal) }
}

/** Notices stand in the header `Eventloom-Notices` as JSON. When the store fails in the middle, the connection breaks instead of ending. */
export async function exportAnswer(
  reader: EventReader,
  query: ExportQuery,
  response: Response,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const { notices, pieces } = await exportFrom(reader, query, signal)
  response.type('application/x-ndjson').set('Eventloom-Notices', asciiJson(notices))
  return pieces
}

/** JSON in characters that a header may have. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`) // prettier-ignore
}
