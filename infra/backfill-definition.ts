/** What the state machine of the backfill is made of; the names may be tokens of the CDK. */
export interface BackfillNames {
  /** The partition of the region, as in `arn:<partition>:…`. */
  readonly partition: string
  /** batch-rollup: plans the backfill, and works on one unit at a time. */
  readonly functionArn: string
  readonly bucketName: string
  /** Units under way at the same time. */
  readonly maxConcurrency: number
}

/** An invocation of batch-rollup lasts no longer than this. */
const workerTimeoutSeconds = 930

/** Whoever starts a backfill without saying how long it may take gets this. */
const backfillTimeoutSeconds = 7 * 24 * 3600

/**
 * The backfill in Amazon States Language: plan, then fold hours, merge days, merge weeks and months,
 * each step only once the one before is whole. Its input is `{ "from": …, "to": … }`, dates in the
 * pipeline's zone, `to` exclusive.
 *
 * The plan is written by the function: for each step a file in the bucket with one unit per line.
 * A unit is the whole input of one worker, and a step fails as soon as one of its units has.
 */
export function backfillDefinition(names: BackfillNames) {
  const steps = [
    { name: 'FoldHours', work: 'FoldHour', units: 'hours', next: 'MergeDays' },
    { name: 'MergeDays', work: 'MergeDay', units: 'days', next: 'MergeWeeksAndMonths' },
    {
      name: 'MergeWeeksAndMonths',
      work: 'MergeWeekOrMonth',
      units: 'weeksAndMonths',
      next: undefined,
    },
  ]
  return {
    Comment: 'Computes a range of days anew, with the weeks and months that they are part of',
    StartAt: 'Plan',
    TimeoutSeconds: backfillTimeoutSeconds,
    States: {
      Plan: {
        ...invocation(names, {
          plan: { 'id.$': '$$.Execution.Name', 'from.$': '$.from', 'to.$': '$.to' },
        }),
        Next: 'FoldHours',
      },
      ...Object.fromEntries(steps.map((step) => [step.name, distributedMap(names, step)])),
    },
  }
}

interface Step {
  readonly name: string
  /** The state of each child; no two states of a state machine may have one name. */
  readonly work: string
  /** Which of the plan's lists the step works through. */
  readonly units: string
  readonly next: string | undefined
}

function distributedMap(names: BackfillNames, { name, work, units, next }: Step) {
  return {
    Type: 'Map',
    // Part of the names of the child executions, so the role can be given leave for just these.
    Label: name,
    MaxConcurrency: names.maxConcurrency,
    ToleratedFailurePercentage: 0,
    ItemReader: {
      Resource: `arn:${names.partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: { Bucket: names.bucketName, 'Key.$': `$.${units}` },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: work,
      States: {
        [work]: { ...invocation(names, { 'unit.$': '$' }), End: true },
      },
    },
    ResultWriter: {
      Resource: `arn:${names.partition}:states:::s3:putObject`,
      Parameters: { Bucket: names.bucketName, 'Prefix.$': '$.results' },
    },
    ResultPath: `$.done.${name}`,
    ...(next === undefined ? { End: true } : { Next: next }),
  }
}

/** One call of batch-rollup; what it returns is the output. */
function invocation(names: BackfillNames, payload: object) {
  return {
    Type: 'Task',
    Resource: `arn:${names.partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: names.functionArn, Payload: payload },
    OutputPath: '$.Payload',
    TimeoutSeconds: workerTimeoutSeconds,
    Retry: [
      // The range makes no sense, and will not the next time.
      { ErrorEquals: ['BadRange'], MaxAttempts: 0 },
      {
        // Lambda had no room or broke; the function may not even have been called.
        ErrorEquals: [
          'Lambda.ClientExecutionTimeoutException',
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.TooManyRequestsException',
        ],
        IntervalSeconds: 2,
        MaxAttempts: 8,
        BackoffRate: 2,
        JitterStrategy: 'FULL',
      },
      {
        // An attempt that was killed may be alive by its mark for 16 minutes, one that failed for one,
        // and a lost part is made anew by the next scheduled runs. Every try writes all rows of its
        // unit, so these are few: after 2, 8, 26 and 80 minutes.
        ErrorEquals: ['NotSettled', 'Superseded', 'PartLost'],
        IntervalSeconds: 120,
        MaxAttempts: 4,
        BackoffRate: 3,
      },
      {
        // The unit failed. It may be done again as often as one likes.
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 30,
        MaxAttempts: 4,
        BackoffRate: 2,
        JitterStrategy: 'FULL',
      },
    ],
  }
}
