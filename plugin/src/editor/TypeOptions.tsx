import { Stack } from '@grafana/ui'
import { AggregateOptions } from './AggregateOptions'
import { CauseOptions, IncidentOptions, ProblemOptions, SimilarOptions } from './incident-options'
import type { OptionsProps } from './options-props'
import { AnnotationOptions, CorrelationOptions, EventOptions, PatternOptions, TimelineOptions } from './options'

/** How to show what was found: what can be set for a type of query. */
export function TypeOptions(props: OptionsProps) {
  return (
    <Stack gap={1} wrap="wrap">
      <OptionsOf {...props} />
    </Stack>
  )
}

function OptionsOf(props: OptionsProps) {
  switch (props.query.queryType) {
    case 'incidents':
      return <IncidentOptions {...props} />
    case 'causes':
      return <CauseOptions {...props} />
    case 'similar':
      return <SimilarOptions {...props} />
    case 'problems':
      return <ProblemOptions {...props} />
    case 'events':
      return <EventOptions {...props} />
    case 'aggregate':
      return <AggregateOptions {...props} />
    case 'patterns':
      return <PatternOptions {...props} />
    case 'correlations':
      return <CorrelationOptions {...props} />
    case 'timeline':
      return <TimelineOptions {...props} />
    case 'annotations':
      return <AnnotationOptions {...props} />
    case 'context':
      return null
  }
}
