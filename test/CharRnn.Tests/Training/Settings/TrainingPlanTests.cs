using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainingPlanTests
{
    [Fact]
    public void WithoutAPlan_NothingIsDone() =>
        Assert.Equal((null, 0), (new TrainingPlan().PlannedSteps, new TrainingPlan().ProgressAt(1000)));

    [Fact]
    public void OnePlan_IsAStraightLineFromZeroToOne()
    {
        var plan = new TrainingPlan();
        plan.Change(new PlanChange(0, 200));
        Assert.Equal([0, 0.25, 0.5, 1, 1], new long[] { 0, 50, 100, 200, 300 }.Select(plan.ProgressAt));
    }

    [Fact]
    public void APlanMadeLate_BeginsWithWhatIsDone()
    {
        var plan = new TrainingPlan();
        plan.Change(new PlanChange(20, 120));
        Assert.Equal([0, 0.5, 1], new long[] { 20, 70, 120 }.Select(plan.ProgressAt));
    }

    [Fact]
    public void APlanThatIsOver_IsDone()
    {
        var plan = new TrainingPlan();
        plan.Change(new PlanChange(10, 10));
        Assert.Equal(1, plan.ProgressAt(10));
        plan.Change(new PlanChange(10, 5));
        Assert.Equal(1, plan.ProgressAt(11));
    }

    [Fact]
    public void ChangingPlans_ProgressNeverGoesBack_NeverJumps_AndReachesOne()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            var plan = new TrainingPlan();
            double before = 0;
            long step = 0,
                planned = random.Next(50, 500);
            plan.Change(new PlanChange(0, planned));
            for (; step <= planned; step++)
            {
                if (random.Next(20) == 0)
                {
                    double atChange = plan.ProgressAt(step);
                    planned = step + random.Next(1, 400);
                    plan.Change(new PlanChange(step, planned));
                    Assert.Equal(atChange, plan.ProgressAt(step));
                    if (plan.Changes.Count > 30)
                        break;
                }
                double progress = plan.ProgressAt(step);
                Assert.InRange(progress, before, 1);
                before = progress;
            }
            Assert.Equal(1, plan.ProgressAt(planned));
        }
    }
}
