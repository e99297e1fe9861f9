//! Reads an account as a survey asks for it.

use cloudinary_provisioning_plan::plan::PlanError;
use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot, Survey};
use cloudinary_provisioning_ureq::Client;

use super::reader::{Read, Reader};
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::progress::ProgressLine;

/// Reads an account, several calls at a time.
pub(crate) struct Reading {
    pub(crate) reader: Reader,
    pub(crate) workers: usize,
    pub(crate) progress: ProgressLine,
}

impl Reading {
    pub(crate) fn new(client: Client, workers: usize, progress: &ProgressLine) -> Self {
        Self { reader: Reader::new(client), workers, progress: progress.clone() }
    }

    /// Plans what would make the account what the manifest says.
    pub(crate) fn plan(&self, manifest: &Manifest, me: Option<&str>) -> Result<Result<Plan, PlanError>, Exit> {
        let survey = with_me(Survey::new(manifest), me);
        let mut checked = None;
        let snapshot = self.read(survey, || checked = Some(manifest.check()))?;
        let checked = checked.unwrap_or_else(|| manifest.check());
        Ok(checked.map_err(PlanError::from).and_then(|checked| Plan::of_checked(checked, &snapshot)))
    }

    /// Reads what the survey asks for, and the user of `--me`.
    pub(crate) fn snapshot_with(&self, survey: Survey, me: Option<&str>) -> Result<Snapshot, Exit> {
        self.snapshot(with_me(survey, me))
    }

    /// Reads what the survey asks for. What could not be read is unknown in the snapshot.
    pub(crate) fn snapshot(&self, survey: Survey) -> Result<Snapshot, Exit> {
        self.read(survey, || {})
    }

    /// The work is done once the first result is there, while other reads are under way.
    fn read(&self, survey: Survey, work: impl FnOnce()) -> Result<Snapshot, Exit> {
        let mut survey = survey.pages_ahead(u32::try_from(self.workers).unwrap_or(u32::MAX));
        let mut reads = self.reader.reads(self.workers);
        let mut work = Some(work);
        loop {
            // What a result leads to is read beside what is under way.
            if let Some(batch) = survey.next_batch() {
                self.progress.expect(survey.estimate().calls());
                reads.add(batch.into_iter().map(Read::new).collect::<Result<_, _>>()?);
            }
            let Some((operation, result)) = reads.next() else { break };
            ctrl_c::check()?;
            work.take().into_iter().for_each(|work| work());
            if let Err(error) = &result
                && error.is_unauthorized()
            {
                // No other call would fare better.
                return Err(Exit::failed(describe(error)));
            }
            survey.record(&operation, result);
            self.progress.advance();
        }
        Ok(survey.finish())
    }
}

fn with_me(survey: Survey, me: Option<&str>) -> Survey {
    me.into_iter().fold(survey, Survey::user)
}
