/**
 * Sentence templates. `{Drug}` draws a word and marks it; `{Drug/Procedure}` draws one of the categories; `{Any}` draws
 * anything clinical or a plain noun, so that the sentence does not tell what it is about; `{2-9}` draws a number.
 */

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Running prose that both corpora use; the target's few training notes know only a part of it. */
export const sharedProse = lines(`
  {Patient} was started on {Drug} {Strength} {Route} {Frequency} for {Disorder}.
  {Patient} was given {Drug} {Strength} {Route} with good effect.
  {Patient} took {Drug} {Strength} {Frequency} for {Duration}.
  {Patient} received {Drug} {Route} in the emergency department.
  {Drug} was increased to {Strength} {Frequency}.
  {Drug} was held because of {Symptom/Disorder}.
  {Drug} was stopped after {Duration} and {Drug} was begun.
  {Patient} was switched from {Drug} to {Drug}.
  {Patient} tolerated {Drug/Procedure/Therapy} well.
  {Patient} was maintained on {Drug/Therapy}.
  {Patient} reported {Symptom} and {Symptom} for {Duration}.
  {Patient} complained of {Sign} in the {Anatomy}.
  {Patient} denied {Symptom}, {Symptom} or {Symptom}.
  {Patient} presented with {Symptom}, {Symptom} and {Symptom}.
  {Patient} noticed {Symptom/Sign} {Duration} after {Procedure}.
  {Patient} developed {Symptom/Disorder} on the second day.
  There was {Sign} over the {Anatomy}.
  {Symptom} began {Duration} ago and got worse at night.
  No {Symptom} or {Sign} was noted.
  {Symptom/Sign} resolved with {Drug/Therapy}.
  {Patient} had a history of {Disorder}, {Disorder} and {Disorder}.
  {Patient} is a {Age}-year-old with {Disorder} and {Disorder}.
  {Patient} was admitted for {Disorder/Symptom/Procedure/Therapy}.
  {Disorder} was diagnosed {Duration} ago.
  The {Imaging} was consistent with {Disorder}.
  {Disorder} {remains} well controlled on {Drug}.
  {Disorder/Symptom} {was} thought to be due to {Disorder/Drug}.
  {Patient} was known to have {Disorder} and took {Drug}.
  {Patient} underwent {Procedure/Imaging/Scan} on {Date}.
  {Patient} underwent {Procedure} for {Disorder} without complication.
  {Procedure} was performed at {Place}.
  {Procedure/Imaging/Scan} showed {Disorder}.
  {Scan} of the {Anatomy} showed {Disorder}.
  {Scan} of the {Anatomy} was unremarkable.
  {Imaging} was negative for {Disorder}.
  {Procedure/Therapy} {was} complicated by {Disorder/Symptom}.
  {Procedure/Imaging/LabTest} {was} repeated the next morning.
  {LabTest} {was} {LabValue} and {LabTest} {was} {LabValue}.
  {LabTest} changed to {LabValue} on {Date}.
  Laboratory studies showed {LabTest} {LabValue}, {LabTest} {LabValue} and {LabTest} {LabValue}.
  {LabTest} came back {LabValue}.
  {LabTest} and {LabTest} were sent.
  {LabTest} {was} checked {Frequency} for {Duration}.
  {Patient} was treated with {Drug} and {Drug} for presumed {Disorder}.
  {Patient} was treated with {Drug/Therapy} for {Duration}.
  {Patient} completed {Duration} of {Drug/Therapy}.
  {Anatomy} and {Anatomy} were without {Sign}.
  The {Anatomy} {was} normal to inspection.
  {Sign} radiated to the {Anatomy}.
  {Any} and {Any} were discussed with the patient.
  {Any} {was} discussed with the family.
  The family asked about {Any} and {Any}.
  {Any} will be reviewed on {Date}.
  We talked about {Any} today.
  {Any} {was} reviewed with Dr. {Last}.
  {Patient} had questions about {Any}.
  {Patient} was worried about {Any} and {Any}.
  No concern about {Any} at this time.
  {Any}, {Any} and {Any} were addressed.
  {Any} {was} documented by the nurse.
  {Any} {remains} an issue.
  {Any} as before.
  {Patient} mentioned {Any}.
  {Patient} was told about {Any}, {Any} and {Any}.
  A leaflet about {Any} was given.
  {Any} {needs} attention before {Any}.
  {Patient} came back because of {Any}.
  Given {Any}, we will reconsider {Any}.
  {Any} {was} noted on {Date}.
  {Patient} would like to avoid {Any}.
  Continue {Drug/Therapy} and monitor {LabTest}.
  Consider {Drug/Procedure/Imaging/LabTest} if no better in {Duration}.
  Plan {Procedure/Imaging/Scan} next week.
  {Drug} {Strength} {Route} {Frequency} was continued.
  {Drug} {Frequency} and {Drug} {Frequency} were continued.
  {Patient} returned home and was back to usual activity.
  {Patient} lived with a sister and walked {2-9} blocks twice a week.
  Discharge to home was arranged with Mr. {Last}.
`);

/** Prose of the source's discharge summaries only. */
export const sourceProse = lines(`
  The patient is a {Age}-year-old with {Disorder} who presented to {Place} with {Symptom}.
  The patient is a {Age}-year-old with a history of {Disorder} status post {Procedure}.
  On admission the {LabTest} {was} {LabValue} and the {Imaging} revealed {Disorder}.
  On hospital day {2-9} the patient was transferred to {Place} for {Procedure}.
  The {Imaging/Scan} was obtained, which demonstrated {Disorder}.
  {his} {Symptom} improved after {Drug} was given.
  {his} {Disorder} was managed with {Drug} and {Drug}.
  Cardiology was consulted and recommended {Drug} and {Imaging/Scan}.
  The {LabTest} trended down to {LabValue} by the time of discharge.
  The patient was discharged on {Drug}, {Drug}, {Drug} and {Drug}.
  Discharge diagnoses were {Disorder}, {Disorder} and {Disorder}.
  Home medications include {Drug}, {Drug} and {Drug}.
  Past surgical history is notable for {Procedure} and {Procedure}.
  The patient should return for {Symptom}, {Symptom} or {Symptom}.
  Given {his} {Disorder}, {Drug} was avoided.
  This {Symptom} was felt to be secondary to {Disorder}.
  Blood was drawn for {LabTest}, {LabTest} and {LabTest}.
  There is a family history of {Disorder} and {Disorder}.
  The course was remarkable for {Symptom} treated with {Drug}.
  Please follow {LabTest} and {LabTest} at the next visit.
`);

/** Prose of the target's own notes. */
export const targetProse = lines(`
  Seen today for {Disorder/Symptom}.
  {Age} y/o with {Disorder}, {Disorder}, s/p {Procedure}.
  Reports {Symptom} x {Duration}, also {Symptom}.
  Denies {Symptom}, {Symptom}, {Sign}.
  C/o {Sign} in {Anatomy} since {Month}.
  Taking {Drug} {Strength} {Frequency} without {Symptom}.
  Stopped {Drug} without asking {Duration} ago.
  Last {LabTest} {LabValue}, previously {LabValue}.
  Had {Procedure/Imaging/Scan} at {Place} in {Month}.
  {Imaging} {Date}: {Disorder}, otherwise fine.
  Now on {Drug} {Strength} {Route} {Frequency} x {Duration}.
  Feels well, no {Symptom}.
  Mood good, sleeps {2-9} hours, eats 3 meals daily.
  Works at the library, daily walks with the dog.
  Ms. {Last} called on {Date} regarding {Any}.
  Mr. {Last} is here about {Any} and {Any}.
  Asked again about {Any}.
  {Any} ok. {Any} pending.
  Pt declines {Drug/Procedure/Therapy/Imaging}.
`);

/** Items of the target's section lists. */
export const targetItems = {
  history: lines(`
    {Disorder}
    {Disorder}
    {Disorder}, on {Drug}
    {Disorder} s/p {Procedure}
    {Procedure} ({Month})
    {Procedure} {Duration} ago
    h/o {Disorder/Symptom}
  `),
  medication: lines(`
    {Drug} {Strength} {Route} {Frequency}
    {Drug} {Strength} {Route} {Frequency}
    {Drug} {Strength} {Frequency}
    {Drug} {Strength} {Route} {Frequency} for {Symptom/Disorder}
    {Drug} {Strength} {Route} {Frequency} x {Duration}
    {Drug}, {Strength}, {Frequency}
    {Drug} {Strength} {Frequency} for {Symptom/Sign}
    {Drug} - stopped
    {Drug}
  `),
  allergy: lines(`
    {Drug} ({Symptom})
    {Drug}
    {Drug}: {Symptom}, {Symptom}
    no known allergies
  `),
  examination: lines(`
    {Anatomy}: no {Sign}
    {Anatomy}: {Sign}, no {Sign}
    {Anatomy}: clear, full range of motion
    {Anatomy}: mild {Sign}
    {Sign} at the {Anatomy}, {Anatomy} normal
    No {Symptom}, no {Symptom}
    General: alert, in no distress, back to baseline
  `),
  laboratory: lines(`
    {LabTest} {LabValue}, {LabTest} {LabValue}, {LabTest} {LabValue}
    {LabTest}: {LabValue}
    {LabTest} {LabValue} ({Date}), {LabTest} {LabValue}
    {LabTest} = {LabValue}
    {LabTest} pending
    {LabTest}, {LabTest} sent
  `),
  plan: lines(`
    {Disorder}: continue {Drug} {Strength} {Frequency}, check {LabTest}
    {Disorder/Symptom}: {Procedure/Therapy/Drug/Imaging}
    {Disorder}: start {Drug} {Strength} {Route} {Frequency}
    {Sign}: {Scan} of {Anatomy}, {Drug} {Frequency}
    {Any} - see above
    {Any}: no change
    {Any}, {Any}
    Recheck {LabTest} in {Duration}
    Refer for {Procedure/Therapy/Imaging}
    Follow up in {Duration} with Dr. {Last}
    Hold {Drug/Therapy}
    Call if {Symptom} or {Sign}
  `),
};

/** List lines of the source. */
export const sourceItems = lines(`
  {Drug} {Strength} {Route} {Frequency} .
  {Drug} {Strength} {Frequency} .
  {Disorder} .
  Status post {Procedure} .
  {Any} .
`);

/**
 * Sentences written out by hand for what a flat tagger cannot hold: `[Label|text]` marks text, also inside another mark;
 * `[Label+1|left] … [Label+1|pain]` are the pieces of one discontinuous annotation.
 */
export const awkward = {
  train: [
    'There is a healing [Disorder|fracture of the [Anatomy|left wrist]].',
    '[Symptom+1|Tenderness] and swelling [Symptom+1|of the calf] on palpation.',
  ],
  dev: ['Known [Disorder|stenosis of the [Anatomy|lumbar spine]], unchanged.'],
  test: [
    'Old [Disorder|fracture of the [Anatomy|right hip]], treated conservatively.',
    '[Disorder+1|Acute] and [Disorder|chronic [Disorder+1|bronchitis]] in the past.',
  ],
} as const;
