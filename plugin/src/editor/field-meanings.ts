import type { CompletionItem } from '../resources'
import { wordOf } from '../said'

/** What a suggested field or operator means; of a value nothing. Its name is the id of its meaning. */
export function detailOf({ kind, label, detail = '' }: CompletionItem): string {
  return kind === 'value' ? detail : wordOf(`${kind}.${label}`, detail)
}
