//! `/admin/api/v1/statistics` and `…/overview`: Logins, counted.

use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::filtered::refused;
use super::logins::FilterCodes;
use super::statistics_bodies::{OverviewView, StatisticsView};
use crate::http::admin::Admin;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use saoma_core::admin::abilities::ReadStatistics;
use saoma_core::statistics::StatisticsSearch;
use std::sync::Arc;

/// Days of the overview when nothing else is asked for, and at most.
const USUAL_DAYS: u16 = 14;
const MOST_DAYS: u16 = 90;

/// Numbers.
pub(crate) struct StatisticsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl StatisticsApi {
    /// Count logins
    ///
    /// Whole days of the house's time zone, at most 400; the last 30 when none are named. Rehearsed logins
    /// do not count.
    #[oai(path = "/statistics", method = "get", operation_id = "read_statistics")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the call")]
    async fn read_statistics(
        &self,
        permit: Allowed<ReadStatistics>,
        admin: Data<&Arc<Admin>>,
        /// Only of this website.
        client: Query<Option<String>>,
        /// Only by this way, by its slug.
        provider: Query<Option<String>>,
        /// The first day.
        from: Query<Option<String>>,
        /// The last day.
        to: Query<Option<String>>,
    ) -> Result<Json<StatisticsView>, Failure<FilterCodes>> {
        let zone = admin.house.zone();
        let pairs = [("client", &client.0), ("provider", &provider.0), ("from", &from.0), ("to", &to.0)];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let search = StatisticsSearch::parse(pairs, zone).map_err(refused)?;
        let filter = search.within(zone, admin.statistics.now());
        let counted = admin.statistics.count(&permit, &filter).await.map_err(AdminProblem::from)?;
        Ok(Json(StatisticsView::new(zone.name(), counted)))
    }

    /// Read the overview
    #[oai(path = "/overview", method = "get", operation_id = "read_overview")]
    async fn read_overview(
        &self,
        permit: Allowed<ReadStatistics>,
        admin: Data<&Arc<Admin>>,
        /// How many days, from 1 to 90; today is the last.
        days: Query<Option<u16>>,
    ) -> Result<Json<OverviewView>, Failure<FilterCodes>> {
        let days = days.0.unwrap_or(USUAL_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            let message = format!("must be from 1 to {MOST_DAYS}");
            return Err(AdminProblem::sent(AdminCode::InvalidParameter, "days", message).into());
        }
        let zone = admin.house.zone();
        let overview = admin.statistics.overview(&permit, days, zone).await.map_err(AdminProblem::from)?;
        Ok(Json(OverviewView::new(zone.name(), overview)))
    }
}
