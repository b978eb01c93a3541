import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Alert, Badge, Box, LoadingPlaceholder, Stack, Text } from '@grafana/ui'
import { useEffect, useState } from 'react'
import { variablesOf } from '../query/interpolate'
import type { ReadableQuery } from '../query/query'
import { isComplete } from '../query/terms'
import { rangeOf, type Preview, type Resources } from '../resources'
import { sentenceOf } from '../said'
import { LabelTable } from './LabelTable'

const PAUSE_MS = 500

interface Props {
  readonly query: ReadableQuery
  readonly resources: Resources
  readonly range: TimeRange | undefined
}

/** What the rule will see: how many alerts it can make and their labels, asked as the rule will ask. */
export function AlertPreview({ query, resources, range }: Props) {
  const variables = [...new Set(variablesOf(query))]
  const state = usePreview(variables.length === 0 ? query : null, resources, range)
  if (variables.length > 0) {
    return (
      <Alert severity="error" title={t('preview.variables', 'Alert rules have no variables')}>
        {t(
          'preview.variables-advice',
          'Nobody has chosen a value for {{names}} when a rule runs. Remove the condition, or write the value itself.',
          { names: variables.map((name) => `$${name}`).join(', '), interpolation: { escapeValue: false } },
        )}
      </Alert>
    )
  }
  if (state === null) return <LoadingPlaceholder text={t('preview.loading', 'Asking as the rule will ask …')} />
  if ('failure' in state)
    return (
      <Alert severity="warning" title={t('preview.failed', 'No preview')}>
        {state.failure}
      </Alert>
    )
  if (!state.alertable)
    return (
      <Alert severity="error" title={t('preview.refused', 'A rule cannot use this query')}>
        {sentenceOf(state.refusal ?? '')}
      </Alert>
    )
  return <Instances {...state} />
}

/** The alerts that a rule would make, those that fire first. */
function Instances({ instances, labelSets, values = [], firing = null, warnings }: Preview) {
  return (
    <Box borderColor="weak" borderStyle="solid" borderRadius="default" padding={1.5} marginTop={1}>
      <Stack direction="column" gap={1}>
        <Stack alignItems="center" gap={1}>
          <Badge
            color={warnings.length > 0 ? 'orange' : 'blue'}
            text={
              firing === null
                ? t('preview.instances', 'Alert instances: {{count}}', { count: instances })
                : t('preview.firing', '{{firing}} of {{all}} alerts would fire now', { firing, all: instances })
            }
          />
          <Text variant="bodySmall" color="secondary">
            {instances === 0
              ? t('preview.none', 'Nothing matched in this range, so the rule has no data. Set “no data” to Normal.')
              : firing === null
                ? t(
                    'preview.threshold',
                    'Each row is an alert of its own. It fires when its value is beyond the threshold of the rule.',
                  )
                : t('preview.labels', 'Each row is an alert of its own. It fires while its value is above 0.')}
          </Text>
        </Stack>
        {warnings.map((warning) => (
          <Alert key={warning} severity="warning" title={sentenceOf(warning)} />
        ))}
        {labelSets.length > 0 && (
          <LabelTable
            labelSets={labelSets}
            values={values}
            isState={firing !== null}
            more={instances - labelSets.length}
          />
        )}
      </Stack>
    </Box>
  )
}

/** The newest preview; null while it is on its way. */
function usePreview(
  query: ReadableQuery | null,
  resources: Resources,
  range: TimeRange | undefined,
): Preview | { failure: string } | null {
  const [state, setState] = useState<Preview | { failure: string } | null>(null)
  const terms = query?.filter.terms.filter(isComplete)
  const asked = query === null ? null : JSON.stringify({ ...query, filter: { ...query.filter, terms } })
  // To the minute: "now" moves with every rendering.
  const { from, to } = rangeOf(range)
  const span = Math.round((to - from) / 60_000)
  useEffect(() => {
    if (asked === null) return
    let isCurrent = true
    const timer = setTimeout(() => {
      const now = Date.now()
      resources.preview(JSON.parse(asked) as ReadableQuery, { from: now - span * 60_000, to: now }).then(
        (preview) => isCurrent && setState(preview),
        (error: unknown) => isCurrent && setState({ failure: wordsOf(error) }),
      )
    }, PAUSE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [asked, resources, span])
  return state
}

/** Grafana wraps the answer of a resource; the plugin's own words are in it. */
export function wordsOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { data, message } = error as { data?: { message?: unknown; hint?: unknown }; message?: unknown }
  const said =
    typeof data?.message === 'string'
      ? data.message
      : String(message ?? t('failure.unknown', 'The collector did not answer.'))
  return typeof data?.hint === 'string' && data.hint !== '' && !said.includes(data.hint) ? `${said} ${data.hint}` : said
}
