import { createMcpHandler, McpServer, type CallToolResult } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { finished } from 'node:stream/promises'
import type { Readable, Writable } from 'node:stream'
import { boundedJson } from './bounded.ts'
import type { AskEndpoint } from './ask-endpoint.ts'
import { INSTRUCTIONS, TOOLS } from './tools.ts'

export { MOST_BYTES } from './bounded.ts'
export type { AskEndpoint } from './ask-endpoint.ts'

export interface McpSource {
  readonly ask: AskEndpoint
  readonly version: string
  /** What an assistant is told of a failure: what to do, and nothing of what is inside. */
  readonly explain: (error: unknown) => string
}

/**
 * Answers one HTTP request of the protocol. Nothing is kept between two requests.
 *
 * @param body of the request, as JSON was read from it.
 */
export function answerMcp(source: McpSource, request: Request, body: unknown): Promise<Response> {
  return createMcpHandler(() => createServer(source), { maxSubscriptions: 0 }).fetch(request, { parsedBody: body })
}

/** Speaks the protocol over two streams until the first one ends, or until the signal. Nothing else may write to `output`. */
export async function serveMcp(
  source: McpSource,
  { input, output }: { readonly input: Readable; readonly output: Writable },
  signal: AbortSignal,
): Promise<void> {
  const served = serveStdio(() => createServer(source), { transport: new StdioServerTransport(input, output) })
  // Who asks has left when its end is closed, or broken: both are the end of a conversation.
  await finished(input, { writable: false, signal }).catch(() => undefined)
  await served.close()
}

function createServer({ ask, version, explain }: McpSource): McpServer {
  const server = new McpServer({ name: 'eventloom', version }, { instructions: INSTRUCTIONS })
  for (const { name, description, input, answer } of TOOLS) {
    const options = { description, inputSchema: input, annotations: { readOnlyHint: true, openWorldHint: false } }
    server.registerTool(name, options, async (parameters, { mcpReq: { signal } }): Promise<CallToolResult> => {
      try {
        return textOf(boundedJson(await answer(ask, parameters, signal)))
      } catch (error) {
        return { ...textOf(explain(error)), isError: true }
      }
    })
  }
  return server
}

function textOf(text: string): CallToolResult {
  return { content: [{ type: 'text', text }] }
}
