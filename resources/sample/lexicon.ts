/** The words of the sample: common generic drug names, everyday clinical terms, and invented names, by category. */
import { type Random, seededRandom, shuffled } from '../../worker/domain/random.ts';

/** What a slot of a template can hold. The last line is not annotated anywhere. */
export type Category =
  | 'Drug'
  | 'Strength'
  | 'Frequency'
  | 'Route'
  | 'Duration'
  | 'Disorder'
  /** A complaint of the whole person. */
  | 'Symptom'
  /** A complaint or finding that has a place on the body. */
  | 'Sign'
  | 'Anatomy'
  /** Something done once. */
  | 'Procedure'
  /** Something done over a time. */
  | 'Therapy'
  | 'Imaging'
  /** Imaging that can be of any part of the body. */
  | 'Scan'
  | 'LabTest'
  | 'LabValue'
  | ('Plain' | 'First' | 'Last' | 'Place' | 'Date' | 'Month' | 'Age');

function list(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim().replace(/\s+/g, ' '))
    .filter((entry) => entry !== '');
}

const genericDrugs = list(`lisinopril, enalapril, ramipril, captopril, quinapril, benazepril, fosinopril, perindopril,
  atorvastatin, simvastatin, rosuvastatin, pravastatin, lovastatin, metoprolol, atenolol, carvedilol, bisoprolol,
  propranolol, nadolol, labetalol, sotalol, omeprazole, pantoprazole, lansoprazole, esomeprazole, fluconazole,
  itraconazole, voriconazole, ketoconazole, losartan, valsartan, irbesartan, candesartan, amlodipine, nifedipine,
  diltiazem, verapamil, furosemide, torsemide, bumetanide, spironolactone, hydrochlorothiazide, metformin, glipizide,
  glyburide, sitagliptin, insulin glargine, insulin lispro, warfarin, apixaban, rivaroxaban, heparin, enoxaparin,
  clopidogrel, aspirin, amoxicillin, ampicillin, cefazolin, ceftriaxone, cefepime, cephalexin, vancomycin, levofloxacin,
  ciprofloxacin, azithromycin, doxycycline, metronidazole, prednisone, dexamethasone, hydrocortisone,
  methylprednisolone, morphine, MS, oxycodone, hydromorphone, fentanyl, tramadol, acetaminophen, ibuprofen, naproxen,
  ketorolac, gabapentin, pregabalin, levetiracetam, phenytoin, lamotrigine, sertraline, fluoxetine, citalopram,
  mirtazapine, quetiapine, haloperidol, lorazepam, diazepam, zolpidem, trazodone, albuterol, tiotropium, fluticasone,
  montelukast, levothyroxine, allopurinol, colchicine, tamsulosin, finasteride, ondansetron, metoclopramide, senna,
  docusate, lactulose, digoxin, amiodarone, nitroglycerin, isosorbide mononitrate, hydralazine, lithium, potassium,
  potassium chloride, magnesium, magnesium sulfate, calcium carbonate, iron, ferrous sulfate, folate, vitamin D,
  vitamin B12, glucose, albumin, phosphate, nicotine patch, ASA, HCTZ, NTG, TMP-SMX`);

const drugStems = list(
  'velo, noro, tasi, kemo, bravi, ludi, zenta, oris, fenu, palo, mirto, deltu, corva, sibe, hexa, rulo, antu, wexi',
);
const drugSuffixes = list(
  'pril, statin, olol, azole, sartan, cillin, floxacin, gliptin, zosin, triptan, dipine, mycin',
);

const disorders = list(`hypertension, essential hypertension, HTN, atrial fibrillation, AF, heart failure, CHF,
  coronary artery disease, CAD, aortic stenosis, mitral regurgitation, myocardial infarction, MI, cardiomyopathy,
  pericarditis, endocarditis, peripheral vascular disease, deep vein thrombosis, DVT, pulmonary embolism, PE, asthma,
  COPD, emphysema, acute bronchitis, chronic bronchitis, pneumonia, aspiration pneumonia, PNA, pleural effusion,
  sleep apnea, OSA, lung cancer, tuberculosis, sarcoidosis, type 2 diabetes, type 2 diabetes mellitus, T2DM,
  diabetic ketoacidosis, hypothyroidism, hyperthyroidism, hyperlipidemia, hypokalemia, hyperkalemia, hyponatremia,
  gout, obesity, osteoporosis, osteoarthritis, rheumatoid arthritis, RA, lupus, psoriasis, cellulitis, eczema, GERD,
  gastroesophageal reflux disease, peptic ulcer disease, gastritis, pancreatitis, acute pancreatitis, cholecystitis,
  cholelithiasis, hepatitis C, cirrhosis, liver failure, diverticulitis, diverticulosis, Crohn disease,
  ulcerative colitis, colon cancer, appendicitis, hernia, inguinal hernia, small bowel obstruction,
  chronic kidney disease, CKD, acute kidney injury, AKI, nephrolithiasis, UTI, urinary tract infection, pyelonephritis,
  BPH, prostate cancer, breast cancer, anemia, iron deficiency anemia, thrombocytopenia, leukemia, lymphoma,
  multiple myeloma, stroke, CVA, TIA, epilepsy, seizure disorder, migraine, Parkinson disease, multiple sclerosis, MS,
  cerebral palsy, CP, dementia, delirium, depression, anxiety, bipolar disorder, schizophrenia, alcohol dependence,
  neuropathy, glaucoma, cataract, sepsis, septic shock, bacteremia, osteomyelitis, hip fracture, rib fracture,
  spinal stenosis, sciatica, shingles, common cold, influenza, vitamin D deficiency, Ashgrove syndrome,
  Mirren disease, Keld fever, Torvald syndrome, Penhallow palsy, Lindqvist anemia, Orme disease, Brackley nephropathy,
  Sandoval arteritis, Wexcombe ataxia`);

const symptoms = list(`chest pain, CP, abdominal pain, back pain, headache, HA, dizziness, lightheadedness, nausea,
  vomiting, N/V, diarrhea, constipation, fever, chills, night sweats, cold sweats, cough, dry cough, productive cough,
  wheezing, shortness of breath, SOB, dyspnea, dyspnea on exertion, DOE, orthopnea, palpitations, syncope, fatigue,
  malaise, weight loss, loss of appetite, insomnia, confusion, agitation, tremor, blurred vision, double vision,
  sore throat, hoarseness, dysphagia, heartburn, bloating, melena, hematochezia, hematemesis, hematuria, dysuria,
  urinary frequency, incontinence, hives, jaundice, pallor, cyanosis, slurred speech, facial droop, gait instability,
  cold intolerance, muscle cramps, fluttering, brain fog, dry mouth`);

const signs =
  list(`pain, sharp pain, dull ache, weakness, numbness, tingling, swelling, edema, pitting edema, rash, itching,
  redness, warmth, tenderness, rebound tenderness, guarding, stiffness, bruising, bleeding, drainage, discharge, burning,
  pressure, spasm, crepitus, discoloration, erythema, induration, paresthesia, cramping, soreness, bulge, lump, ulcer`);

const anatomy = list(`chest, abdomen, back, lower back, head, neck, left arm, right arm, left leg, right leg, left knee,
  right knee, left hip, right hip, left foot, right foot, left shoulder, right shoulder, ankles, hands,
  legs, lower extremities, calf, left calf, right calf, throat, oropharynx, nose, left ear, right eye,
  left eye, scalp, skin, lungs, lung bases, right lower lobe, left upper lobe, heart, RA, left ventricle, LV, aorta,
  liver, spleen, gallbladder, pancreas, kidneys, left kidney, bladder, prostate, colon, sigmoid colon, stomach,
  esophagus, epigastrium, RUQ, LLQ, flank, right flank, groin, spine, lumbar spine, pelvis, wrist, left wrist, elbow,
  jaw, thyroid, sacrum, heel, great toe`);

const procedures = list(`appendectomy, cholecystectomy, laparoscopic cholecystectomy, colectomy, hysterectomy,
  mastectomy, thyroidectomy, splenectomy, nephrectomy, prostatectomy, CABG, coronary artery bypass, PCI, angioplasty,
  cardiac catheterization, pacemaker placement, ablation, cardioversion, valve replacement, hernia repair,
  knee replacement, total knee replacement, TKA, hip replacement, ORIF, arthroscopy, laminectomy, spinal fusion,
  carpal tunnel release, EGD, endoscopy, colonoscopy, bronchoscopy, cystoscopy, ERCP, liver biopsy, skin biopsy,
  bone marrow biopsy, biopsy, lumbar puncture, LP, thoracentesis, paracentesis, intubation, tracheostomy,
  chest tube placement, central line placement, I&D, incision and drainage, debridement, skin graft,
  cataract extraction, tonsillectomy, bypass, nerve block, joint injection, stent placement, Harlan repair,
  Ostrow bypass, Vance release, Demarest reconstruction`);

const therapies = list(`hemodialysis, dialysis, mechanical ventilation, wound care, physical therapy, PT, HD,
  occupational therapy, speech therapy, radiation therapy, chemotherapy, plasmapheresis, CPAP, suction,
  compression therapy, blood transfusions, cognitive therapy, pulmonary rehabilitation, light therapy, traction,
  phlebotomy, tube feeding, bladder training, massage, Corwin exercises`);

const imaging = list(`CT angiogram, brain MRI, chest x-ray, CXR, renal ultrasound, echocardiogram, TTE, echo, EKG, ECG,
  stress test, PET scan, mammogram, DEXA scan, venous duplex, carotid duplex, KUB, barium swallow, EEG, EMG, HIDA scan,
  Holter monitor, spirometry, sleep study`);

const scans = list(
  'CT, CT scan, MRI, MRI scan, x-ray, plain film, ultrasound, US, bone scan, angiogram, radiograph, MRA',
);

/** Laboratory tests with a plausible range: name | lowest | highest | decimals | unit. */
const laboratory: readonly string[] = list(`sodium|124|150|0|mmol/L, Na|124|150|0|mmol/L, potassium|2.8|6.1|1|mmol/L,
  K|2.8|6.1|1|mmol/L, chloride|90|114|0|mmol/L, bicarbonate|14|32|0|mmol/L, BUN|8|66|0|mg/dL, creatinine|0.6|4.2|1|mg/dL,
  Cr|0.6|4.2|1|mg/dL, glucose|62|388|0|mg/dL, fingerstick glucose|62|388|0|mg/dL, calcium|7.1|11.4|1|mg/dL,
  magnesium|1.1|2.9|1|mg/dL, phosphate|1.4|5.8|1|mg/dL, albumin|1.9|4.6|1|g/dL, total protein|4.8|8.2|1|g/dL,
  AST|14|480|0|U/L, ALT|12|520|0|U/L, alkaline phosphatase|40|390|0|U/L, bilirubin|0.3|8.8|1|mg/dL,
  total bilirubin|0.3|8.8|1|mg/dL, lipase|12|940|0|U/L, amylase|20|610|0|U/L, LDH|110|690|0|U/L, CK|30|2400|0|U/L,
  troponin|0.01|4.2|2|ng/mL, BNP|40|2800|0|pg/mL, WBC|2.1|24.8|1|K/uL, white count|2.1|24.8|1|K/uL,
  hemoglobin|6.4|16.8|1|g/dL, Hgb|6.4|16.8|1|g/dL, hematocrit|20|49|0|%, Hct|20|49|0|%, platelets|24|540|0|K/uL,
  Plt|24|540|0|K/uL, MCV|68|112|0|fL, ferritin|4|910|0|ng/mL, iron|12|170|0|mcg/dL, folate|2|20|1|ng/mL,
  vitamin B12|120|980|0|pg/mL, vitamin D|8|62|0|ng/mL, INR|0.9|5.4|1|, PT|10.8|38.2|1|, PTT|22|96|0|,
  D-dimer|0.2|8.4|1|mg/L, ESR|4|118|0|mm/h, CRP|0.4|210|1|mg/L, procalcitonin|0.1|18.6|1|ng/mL, TSH|0.1|18.9|1|mIU/L,
  free T4|0.4|3.1|1|ng/dL, hemoglobin A1c|4.9|12.6|1|%, A1c|4.9|12.6|1|%, cholesterol|110|320|0|mg/dL,
  LDL|44|210|0|mg/dL, HDL|22|84|0|mg/dL, triglycerides|60|680|0|mg/dL, uric acid|2.9|11.8|1|mg/dL,
  lactate|0.7|8.2|1|mmol/L, ammonia|14|160|0|umol/L, PSA|0.4|22.6|1|ng/mL, digoxin level|0.3|2.8|1|ng/mL,
  vancomycin trough|6|28|1|mg/L, phenytoin level|4|31|1|mg/L, lithium level|0.2|1.9|1|mmol/L, cortisol|2|40|0|mcg/dL,
  urinalysis, UA, urine culture, blood cultures, blood culture, wound culture, sputum culture, throat swab, stool guaiac,
  ABG, CBC, lipid panel, liver function tests, LFTs, HIV test, hepatitis panel, drug screen, pregnancy test,
  anti-KR2 antibody, Sundry index`);

const wordedValues = list('elevated, normal, low, high, within normal limits, stable, markedly elevated');
/** For a test without a number. */
const findings = list('positive, negative, normal, unremarkable');

const strengths =
  list(`5 mg, 10 mg, 20 mg, 40 mg, 25 mg, 50 mg, 100 mg, 250 mg, 500 mg, 1 g, 2 g, 0.5 mg, 2.5 mg, 12.5 mg,
  75 mg, 80 mg, 81 mg, 150 mg, 200 mg, 300 mg, 400 mg, 600 mg, 650 mg, 750 mg, 875 mg, 1000 mg, 25 mcg, 50 mcg, 100 mcg,
  125 mcg, 1 tablet, 2 tablets, 1 tab, 2 tabs, 10 mL, 15 mL, 5mg, 10mg, 20mg, 40mg, 50mg, 100mg, 500mg`);

/** Drugs that are not counted in milligrams. */
const otherStrengths: readonly (readonly [RegExp, readonly string[]])[] = [
  [/insulin|heparin/, list('4 units, 8 units, 10 units, 12 units, 20 units, 30 units, 5000 units')],
  [/potassium|magnesium/, list('10 mEq, 20 mEq, 40 mEq, 2 g, 4 g')],
  [/albuterol|tiotropium|fluticasone/, list('1 puff, 2 puffs, 90 mcg, 250 mcg, 2.5 mg')],
];

const frequencies =
  list(`daily, once daily, twice daily, three times daily, four times daily, b.i.d., t.i.d., q.i.d., q.d.,
  BID, TID, QID, QD, QHS, at bedtime, nightly, every morning, every evening, every 4 hours, every 6 hours, every 8 hours,
  every 12 hours, q4h, q6h, q8h, q12h, q6h prn, as needed, prn, once weekly, every other day`);

const routes = list('PO, p.o., po, by mouth, orally, IV, intravenously, IM, intramuscularly, SC, subcutaneously, SQ');

const durations = list(`2 days, 3 days, 4 days, 5 days, 7 days, 10 days, 14 days, 6 days, one week, two weeks, 2 weeks,
  3 weeks, 6 weeks, several weeks, one month, 2 months, 3 months, six months, several months, one year, 2 years, 5 years,
  24 hours, 48 hours, 72 hours, 12 hours, several days`);

const plain =
  list(`diet, the plan, the plan of care, visitors, insurance, the work schedule, transport, housing, follow-up,
  the discharge plan, goals of care, home safety, diet and exercise, the care team, travel, the appointment, paperwork,
  sleep hygiene, the family meeting, privacy, the garden, the bus route, the telephone call, parking, the results letter,
  hydration, the referral, the consent form, the pharmacy, school, the new address, the waiting list`);

const firstNames = list(
  'Alma, Bram, Cora, Desmond, Edith, Farid, Greta, Hollis, Ines, Jorah, Kestrel, Lionel, Maren, Niko, Odile, Pavel, Quill, Rosalind, Soren, Tilda, Umar, Vesna, Wendel, Yara',
);
const lastNames = list(
  'Torvik, Abernethy, Okonjo, Lindgren, Marchetti, Dunmore, Vasquez, Petrova, Hallam, Osei, Brandvold, Castellan, Fairweather, Grimaldi, Holloway, Ibarra, Jernigan, Kowalczyk, Larkspur, Moreau, Nakagawa, Ostrander, Pembroke, Ravensdale, Stavros, Thackeray, Underhill, Winterbourne',
);
const places = list(
  'Harrowmere General Hospital, Lowen Vale Clinic, Saint Orla Medical Center, Riverbend Health Centre, Quillon County Hospital, Ferncliff Infirmary',
);

/** Words of a category; empty for the ones that are made from numbers. */
const words: Partial<Record<Category, readonly string[]>> = {
  Drug: [...genericDrugs, ...inventedDrugs()],
  Frequency: frequencies,
  Route: routes,
  Duration: durations,
  Disorder: disorders,
  Symptom: symptoms,
  Sign: signs,
  Anatomy: anatomy,
  Procedure: procedures,
  Therapy: therapies,
  Imaging: imaging,
  Scan: scans,
  LabTest: laboratory,
  Plain: plain,
  First: firstNames,
  Last: lastNames,
  Place: places,
};

/** Two of every three stems for each suffix, so that a stem alone never gives the drug away. */
function inventedDrugs(): string[] {
  return drugSuffixes.flatMap((suffix, row) =>
    drugStems.filter((_, column) => (row * 7 + column) % 3 === 0).map((stem) => stem + suffix),
  );
}

/**
 * Which words a corpus may use. `common`: all of them everywhere. `rare`: source, target dev and test, almost never target
 * train: what transfer can help with. `novel`: target dev and test only: what nothing in training names.
 */
export interface Tiers {
  readonly common: readonly string[];
  readonly rare: readonly string[];
  readonly novel: readonly string[];
}

/** Categories whose words are split into tiers; the rest are common. */
const tiered: readonly Category[] = [
  'Drug',
  'Disorder',
  'Symptom',
  'Sign',
  'Anatomy',
  'Procedure',
  'Therapy',
  'Imaging',
  'Scan',
  'LabTest',
];
const commonShare = 0.3;
const novelShare = 0.07;

/** The words of each category, split into tiers by `seed`. */
export function lexicon(seed: number): ReadonlyMap<Category, Tiers> {
  const random = seededRandom(seed);
  const tiers = new Map<Category, Tiers>();
  for (const [name, all] of Object.entries(words) as [Category, readonly string[]][]) {
    const mixed = shuffled(all, random);
    const common = tiered.includes(name) ? Math.round(mixed.length * commonShare) : mixed.length;
    const novel = tiered.includes(name) ? Math.round(mixed.length * novelShare) : 0;
    tiers.set(name, {
      common: mixed.slice(0, common),
      rare: mixed.slice(common, mixed.length - novel),
      novel: mixed.slice(mixed.length - novel),
    });
  }
  return tiers;
}

/** The name of a laboratory entry, without its range. */
export function laboratoryName(entry: string): string {
  return entry.split('|')[0] ?? entry;
}

/** A value for a laboratory entry: inside its range with or without unit, or in words (always in words without a range). */
export function laboratoryValue(entry: string, random: Random): string {
  const [, lowest, highest, decimals, unit] = entry.split('|');
  if (lowest === undefined || highest === undefined) return pick(findings, random);
  if (random.next() < 0.25) return pick(wordedValues, random);
  const low = Number(lowest);
  const value = (low + random.next() * (Number(highest) - low)).toFixed(Number(decimals));
  if (unit === '%') return `${value}%`;
  return unit !== undefined && unit !== '' && random.next() < 0.4 ? `${value} ${unit}` : value;
}

/** One of the items, each as likely. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random.next() * items.length)] as T;
}

/** A strength that suits the drug. */
export function strengthOf(drug: string, random: Random): string {
  const other = otherStrengths.find(([pattern]) => pattern.test(drug.toLowerCase()));
  return pick(other === undefined ? strengths : other[1], random);
}
