"""What a scorecard can measure beside the KPIs of the catalogue, by the kind of exercise."""

from simkit.scenario.record import Text

CRISIS: dict[str, Text] = {
    "signs_noticed": Text(
        en="Share of the early signs that were marked as signs before the brief came",
        zh="在通报到来之前被标为“信号”的早期信号所占比例",
    ),
    "noise_taken_for_signs": Text(
        en="Share of the noise that was marked as a sign", zh="被误标为“信号”的噪音所占比例"
    ),
    "weeks_from_sign": Text(
        en="Weeks from the first sign until the first answer was asked for",
        zh="从第一个信号到首次采取应对措施的周数",
    ),
    "weeks_from_brief": Text(
        en="Weeks from the brief until the first answer was asked for",
        zh="从接到通报到首次采取应对措施的周数",
    ),
    "reserve_kept_for_crisis": Text(
        en=(
            "1, less the share of the reserve released before the first sign; 0 when an answer "
            "found no money while reserve was left"
        ),
        zh="1 减去第一个信号之前动用的储备金比例；若储备金尚有余额而应对措施因缺钱未执行，则为 0",
    ),
    "plan_before_shock": Text(
        en="1 for a plan for the risk that came, written before the brief; 0.5 for another plan",
        zh="通报之前写好且针对所发生风险的预案记 1，其他预案记 0.5",
    ),
    "plan_carried_out": Text(
        en="Share of the measures named in the plan for the risk that came which were carried out",
        zh="针对所发生风险的预案所列措施中，实际执行的比例",
    ),
    "predictions_made": Text(
        en="Predictions made in time, over one for every four weeks played",
        zh="按时作出的预测次数 ÷ 应作次数（每四周一次）",
    ),
    "calibration_gap": Text(
        en="Distance between the share of predictions that came true and the stated confidence",
        zh="预测命中率与所声明把握之间的差距",
    ),
    "share_of_best": Text(
        en=(
            "Mean gain of the decisions over no action in other worlds, over the gain of the best "
            "options found there"
        ),
        zh="在其他世界里，您的决策比不作为平均多得的贡献利润 ÷ 最优选项多得的贡献利润",
    ),
    "gain_over_no_action": Text(
        en="Mean gain over no action in other worlds, over the contribution of no action there",
        zh="在其他世界里比不作为平均多得的贡献利润 ÷ 不作为的贡献利润",
    ),
}

TARGETS: dict[str, Text] = {
    "goal_smart": Text(
        en="Share of the five letters of SMART that the written goal meets",
        zh="书面目标符合 SMART 五条中的比例",
    ),
    "fair_targets": Text(
        en="Share of the reps whose quota over potential is near that of the whole region",
        zh="指标与潜力之比接近全区水平的代表所占比例",
    ),
    "stretching_targets": Text(
        en="Share of the reps whose chance of reaching the target stretches them: not too easy, "
        "not too hard",
        zh="达成概率适中（既不太容易也不太难）的代表所占比例",
    ),
    "region_attainable": Text(
        en="1 where the region's target stretches and can be reached, by its chance at commit",
        zh="按提交时的达成概率，全区指标跳一跳够得着记 1，否则记 0",
    ),
    "told_with_reasons": Text(
        en="Share of the reps whose target was agreed or explained, not just announced",
        zh="指标经约定或摆数据解释（而非直接下达）的代表所占比例",
    ),
    "alarms_answered": Text(
        en="Share of the alarms of the band rule that some action followed within two weeks",
        zh="浮动区间报警后两周内有应对动作的比例",
    ),
    "recalibrated_for_cause": Text(
        en="Share of the recalibrations that came within two weeks of an alarm or of news from "
        "outside",
        zh="在报警或外部消息后两周内进行的校准所占比例",
    ),
    "predictions_made": Text(
        en="Predictions made in time, over those that were asked for",
        zh="按时作出的预测次数 ÷ 应作次数",
    ),
    "intervals_hit": Text(
        en="Share of the predicted ranges that held what came", zh="预测区间包含实际结果的比例"
    ),
    "chance_gap": Text(
        en="Distance between the chance you gave the region's target and the one worked out",
        zh="您给出的全区达成概率与测算值之间的差距",
    ),
    "hardest_and_easiest": Text(
        en="Half a point each for naming a rep with the hardest and with the easiest target",
        zh="说对指标最难、最容易的代表，各记 0.5",
    ),
    "gain_over_reference": Text(
        en="Mean gain of your targets over those of the reference plan in other worlds, over the "
        "contribution there",
        zh="在其他世界里，您的指标比参考方案平均多得的贡献利润 ÷ 参考方案的贡献利润",
    ),
    "trust_kept": Text(
        en="Mean trust of the reps at the end, over that at the start",
        zh="期末代表平均信任度 ÷ 期初",
    ),
    "expected_attainment": Text(
        en="Sales of the region in other worlds under your decisions, over its target",
        zh="您的决策在其他世界里的全区平均销售额 ÷ 全区指标",
    ),
}

DRIFT: dict[str, Text] = {
    "detection_delay": Text(
        en="Weeks from the true start until the first alarm that was not before it; a drift that "
        "was missed counts as found at the end of the time given for it",
        zh="从真正开始漂移到首次（非提前的）报警的周数；漏报按规定期限计",
    ),
    "false_alarms": Text(
        en="Alarms raised before the drift began, or where nothing was to be repaired; one taken "
        "back within two weeks counts half",
        zh="漂移开始之前、或本无可修之处时发出的警报数；两周内撤回的记半次",
    ),
    "cause_right": Text(
        en="1 for the true cause in your last word on it: the conclusion, else the declaration; "
        "silence to the end says that nothing drifts",
        zh="最后一次判断（结论，或最后一次声明）的原因正确记 1；始终不表态视为“没有漂移”",
    ),
    "place_right": Text(
        en="1 for the territory or rep that was struck; 0.5 for the territory of the rep, or a rep "
        "of the territory",
        zh="指出出问题的片区或代表记 1；只指出该代表所在片区、或该片区内的代表记 0.5",
    ),
    "hours_used": Text(
        en="Hours spent on investigations, over the hours that there were",
        zh="调查所用工时 ÷ 可用工时",
    ),
    "plans_made": Text(
        en="Share of the actions that had a small plan: owner, measure, date of the check",
        zh="有小计划（负责人、衡量指标、检查日期）的措施所占比例",
    ),
    "plans_checked": Text(
        en="Share of the plans due that were checked no later than a week after their date",
        zh="到期计划中按期（最迟晚一周）检查的比例",
    ),
    "harm_repaired": Text(
        en="Mean gain of your actions over no action in other worlds, over the mean harm that the "
        "drift does there when nobody acts",
        zh="在其他世界里，您的措施比不作为平均多得的贡献利润 ÷ 无人应对时漂移造成的平均损失",
    ),
    "lost_by_reacting": Text(
        en="Where the figures alone drift, or nothing does: mean contribution that your actions "
        "cost in other worlds, over the contribution without action there",
        zh="本无实际损失时：您的措施在其他世界里平均少得的贡献利润 ÷ 不作为的贡献利润",
    ),
}

MEASURES: dict[str, dict[str, Text]] = {"crisis": CRISIS, "targets": TARGETS, "drift": DRIFT}
"""By kind of exercise; a KPI of the catalogue can be measured of each."""

UNITS = {
    "weeks_from_sign": "weeks",
    "weeks_from_brief": "weeks",
    "plan_before_shock": "points",
    "region_attainable": "points",
    "detection_delay": "weeks",
    "false_alarms": "alarms",
    "cause_right": "points",
    "place_right": "points",
}
"""Units of the measures that are no shares."""
