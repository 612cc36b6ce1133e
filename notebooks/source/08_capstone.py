# %% [markdown] lang="ja" id="title"
# # 08　総合演習
#
# これまでに学んだことを、本物のデータで最初から最後まで使います。ひどく過学習したモデルを受け取り、診断し、治し、結果を報告してください。
#
# **このノートブックを終えると、次のことができます。**
#
# - 新しいデータを準備し、過学習を診断する
# - 簡単なモデルを先に試し、越えるべき基準にする
# - 対策の計画を立て、検証データで選び、テストデータで1回だけ測る
# - 結果を、ばらつきと限界を添えて報告する
#
# 課題は6つあります。それぞれ答え合わせができるので、1つずつ進んでください。時間の目安は90分です。
# %% [markdown] lang="en" id="title"
# # 08 Capstone
#
# Now use everything you have learned on real data, from beginning to end. You receive a badly overfitting model; diagnose it, cure it and report.
#
# **When you have finished this notebook, you can**
#
# - prepare new data and diagnose overfitting
# - try a simple model first, as the bar to clear
# - plan remedies, choose on validation data, and measure once on test data
# - report a result with its spread and its limits
#
# There are six tasks, each with a check, so take them one by one. Allow about 90 minutes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, Ridge

from coursekit import data, models, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 診療所からの相談
#
# ある診療所から、こんな相談が届きました。
#
# > 糖尿病の患者さん442人について、年齢、BMI、血圧、血液検査など10個の値を測り、1年後に病気がどれだけ進んだかを点数（25〜346点）にしました。同僚がニューラルネットワークを訓練したところ、訓練データでは完璧に当たります。ところが、新しく来た患者さんではさっぱり当たりません。助けてください。
#
# データは本物です（Efronほか、2004年）。以前の課のようにラベルを壊したりはしていません。**同僚のモデルを、使えるものにできるでしょうか。**
#
# 約束は3つです。訓練には200人、選ぶことには検証データの100人を使い、**テストデータの142人は最後に1回だけ**使います。テストデータの142人は、どのシードでも同じ人たちです。シードが変わると、残りの300人だけが、訓練データと検証データに分け直されます。ですから、テストデータの人が訓練や選択に混ざることはありません。
# %% [markdown] lang="en" id="story"
# ## A clinic asks for help
#
# A clinic writes:
#
# > For 442 people with diabetes we recorded 10 values, among them age, BMI, blood pressure and blood tests, and a year later we scored how far the disease had progressed (from 25 to 346 points). A colleague has trained a neural network. On the training data it is perfect. On new patients it is hopeless. Please help.
#
# The data are real (Efron and others, 2004); unlike in earlier lessons, we have spoiled no labels. **Can you turn the colleague's model into one that is of use?**
#
# Three rules: 200 people are for training, 100 for choosing (the validation data), and **the 142 people of the test data are used at the end, once**. These 142 are the same for every seed: a seed divides only the other 300 anew, between training and validation. So nobody from the test data ever takes part in training or choosing.

# %% id="data"
patients = data.diabetes(seed=0)
x = patients.train.x.astype("float64")
pd.DataFrame(
    {text("mean"): x.mean(axis=0), text("standard_deviation"): x.std(axis=0)},
    index=pd.Index(patients.feature_names, name=text("feature")),
).round(2)

# %% [markdown] lang="ja" id="data-seen"
# `age`は年齢、`sex`は性別（1か2）、`bmi`はBMI、`bp`は血圧、`s1`から`s6`は血液検査の値です。平均も標準偏差もばらばらなので、このままペナルティをかけると、$\lambda$の効き方が特徴量ごとに違ってしまいます（[03](03_l2.ipynb)）。
# %% [markdown] lang="en" id="data-seen"
# `age` is in years, `sex` is coded as 1 or 2, `bmi` is the body mass index, `bp` the blood pressure, and `s1` to `s6` are blood tests. Means and standard deviations are all over the place, so as it is, one $\lambda$ would bear on each feature differently ([03](03_l2.ipynb)).

# %% [markdown] lang="ja" id="ex-standardize" tags=["exercise"]
# ### 課題1　標準化する
#
# 検証データの特徴量`patients.validation.x`を標準化し、`my_features`に入れてください。平均と標準偏差は、**どのデータから**求めるべきでしょうか。
#
# <details><summary>ヒント</summary>
#
# 検証データやテストデータの統計量を使うと、データ漏洩になります。NumPyの`mean(axis=0)`と`std(axis=0)`を使います。
#
# </details>
# %% [markdown] lang="en" id="ex-standardize" tags=["exercise"]
# ### Task 1: standardize
#
# Standardize the features of the validation data, `patients.validation.x`, and put them into `my_features`. **From which data** should mean and standard deviation come?
#
# <details><summary>Hint</summary>
#
# Statistics of validation or test data would be leakage. Use NumPy's `mean(axis=0)` and `std(axis=0)`.
#
# </details>

# %% id="ex-standardize-answer" tags=["exercise"]
my_features = ...

# %% id="ex-standardize-solution" tags=["solution"]
my_features = (patients.validation.x - patients.train.x.mean(axis=0)) / patients.train.x.std(axis=0)

# %% id="ex-standardize-check" tags=["check"]
check("08-standardize", my_features, patients)

# %% [markdown] lang="ja" id="prepare"
# ここから先は、次の関数を使います。シードごとに訓練データと検証データを分け直し、特徴量も点数も、訓練データの統計量で標準化します。
#
# 成績は**決定係数**$R^2$で表します。1から、平均二乗誤差を点数の分散で割ったものを引きます。
#
# $$R^2 = 1 - \frac{\frac{1}{n}\sum_i (y_i - \hat{y}_i)^2}{\frac{1}{n}\sum_i (y_i - \bar{y})^2}$$
#
# $y_i$は本当の点数、$\hat{y}_i$はモデルの予測、$\bar{y}$は点数の平均です。1なら完璧、0なら「いつも平均を答える」のと同じで、負ならそれにも劣ります。
# %% [markdown] lang="en" id="prepare"
# From here on we use the following functions. Each seed divides training and validation data anew; features and scores are standardized with statistics of the training data.
#
# We measure a model by $R^2$, the **coefficient of determination**: 1 minus the mean squared error divided by the variance of the scores.
#
# $$R^2 = 1 - \frac{\frac{1}{n}\sum_i (y_i - \hat{y}_i)^2}{\frac{1}{n}\sum_i (y_i - \bar{y})^2}$$
#
# Here $y_i$ is the true score, $\hat{y}_i$ the prediction and $\bar{y}$ the mean score. 1 is perfect, 0 is as good as always answering the mean, and below 0 is worse than that.

# %% id="prepare-run"
def standardize(dataset):
    mean, sd = dataset.train.x.mean(axis=0), dataset.train.x.std(axis=0)
    center, unit = dataset.train.y.mean(), dataset.train.y.std()
    parts = (dataset.train, dataset.validation, dataset.test)
    return data.Dataset(*(data.Split((x - mean) / sd, (y - center) / unit) for x, y in parts))


def clinic(seed, **point):
    return standardize(data.diabetes(seed=seed))


def build_model(units=128, l1=None, l2=None, rate=None, input_rate=None, seed=0, n_features=10):
    return models.regressor(
        n_features, units=(units, units), l1=l1, l2=l2, dropout_rate=rate, input_dropout_rate=input_rate, seed=seed
    )


def r_squared(model, x, y):
    return 1 - training.evaluate(model, x, y)["data_loss"] / np.var(y)

# %% [markdown] lang="ja" id="diagnose-question"
# ## 診断
#
# 同僚のモデルは、128ユニットの隠れ層が2つのネットワークで、200エポック訓練したものです。同じものを訓練して、損失曲線を見ましょう。
#
# **予想してみよう**　この曲線は、どんな形をしているでしょうか。
# %% [markdown] lang="en" id="diagnose-question"
# ## Diagnosis
#
# The colleague's network has two hidden layers of 128 units and was trained for 200 epochs. Let us train the same one and look at its loss curves.
#
# **Make a guess.** What will the curves look like?

# %% id="diagnose-run"
colleague, parts = build_model(seed=0), clinic(0)
history = training.fit(
    colleague, *parts.train, validation_data=parts.validation, epochs=200, progress=False
)
plots.plot_loss_curves(history);

# %% [markdown] lang="ja" id="diagnose-seen" claims="08-the-network-overfits"
# 典型的な過学習です。訓練損失は0に近づくのに、検証損失は早いうち（ここでは最初の数エポック）に最小になり、200エポックでは、この実行ではその2倍ほどまで上がります。ほかのシードでも、1.3倍より多く上がりました。
# %% [markdown] lang="en" id="diagnose-seen" claims="08-the-network-overfits"
# A textbook case of overfitting: the training loss approaches 0, while the validation loss reaches its minimum early (here within the first few epochs) and by epoch 200 has climbed, in this run, to about twice that value. For other seeds, too, it was more than 1.3 times.

# %% [markdown] lang="ja" id="ex-gap" tags=["exercise"]
# ### 課題2　過学習の量を測る
#
# `colleague`の、訓練データでの$R^2$から検証データでの$R^2$を引いて、`my_gap`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `r_squared(colleague, *parts.train)`のように使います。
#
# </details>
# %% [markdown] lang="en" id="ex-gap" tags=["exercise"]
# ### Task 2: measure the amount of overfitting
#
# From the $R^2$ of `colleague` on the training data subtract its $R^2$ on the validation data, and put the difference into `my_gap`.
#
# <details><summary>Hint</summary>
#
# Call `r_squared(colleague, *parts.train)`, for example.
#
# </details>

# %% id="ex-gap-answer" tags=["exercise"]
my_gap = ...

# %% id="ex-gap-solution" tags=["solution"]
my_gap = r_squared(colleague, *parts.train) - r_squared(colleague, *parts.validation)

# %% id="ex-gap-check" tags=["check"]
check("08-gap", my_gap, colleague, parts)

# %% [markdown] lang="ja" id="bar-question"
# ## 越えるべき基準
#
# 治す前に、1つ大事なことがあります。**いちばん簡単なモデルは、どのくらい当たるのでしょうか。** 線形回帰なら、重み10個とバイアス1個だけで、エポックもシードもハイパーパラメータもありません。これに負けるネットワークには、使う理由がありません。
# %% [markdown] lang="en" id="bar-question"
# ## The bar to clear
#
# Before any cure there is one thing to find out: **how well does the simplest model do?** Linear regression has 10 weights and a bias; no epochs, no seeds, no hyperparameters. There is no reason to use a network that loses to it.

# %% [markdown] lang="ja" id="ex-bar" tags=["exercise"]
# ### 課題3　線形回帰の成績
#
# scikit-learnの`LinearRegression`を`parts.train`に当てはめ、**検証データ**での$R^2$を`my_bar`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `LinearRegression().fit(x, y)`で当てはめ、`.score(x, y)`で$R^2$が得られます。
#
# </details>
# %% [markdown] lang="en" id="ex-bar" tags=["exercise"]
# ### Task 3: the score of linear regression
#
# Fit scikit-learn's `LinearRegression` to `parts.train`, and put its $R^2$ **on the validation data** into `my_bar`.
#
# <details><summary>Hint</summary>
#
# `LinearRegression().fit(x, y)` fits, and `.score(x, y)` returns $R^2$.
#
# </details>

# %% id="ex-bar-answer" tags=["exercise"]
my_bar = ...

# %% id="ex-bar-solution" tags=["solution"]
my_bar = LinearRegression().fit(*parts.train).score(*parts.validation)

# %% id="ex-bar-check" tags=["check"]
check("08-bar", my_bar, parts)

# %% [markdown] lang="ja" id="plan-question"
# ## 治療の計画
#
# いよいよ治療です。[07](07_choosing.ipynb)のとおり、**先に**計画を立て、予算を決めます。予算は6通りから8通りの設定で、2種類以上の対策を入れてください。
#
# | 書き方 | 対策 |
# |---|---|
# | `{"units": 8}` | 小さなネットワーク |
# | `{"l2": 0.1}`、`{"l1": 0.01}` | ペナルティ |
# | `{"rate": 0.5}`、`{"rate": 0.5, "input_rate": 0.2}` | ドロップアウト |
# | `{"rate": 0.5, "l2": 0.03}` | 組み合わせ |
#
# `early_stopping = True`にすると、どの設定にも早期終了が加わります。
# %% [markdown] lang="en" id="plan-question"
# ## A plan of treatment
#
# Now for the cure. As in [07](07_choosing.ipynb), make a plan **first**, within a budget: 6 to 8 settings, with at least 2 kinds of remedy among them.
#
# | write | for |
# |---|---|
# | `{"units": 8}` | a smaller network |
# | `{"l2": 0.1}`, `{"l1": 0.01}` | a penalty |
# | `{"rate": 0.5}`, `{"rate": 0.5, "input_rate": 0.2}` | dropout |
# | `{"rate": 0.5, "l2": 0.03}` | a combination |
#
# `early_stopping = True` adds early stopping to every setting.

# %% [markdown] lang="ja" id="ex-plan" tags=["exercise"]
# ### 課題4　計画を立てる
#
# 設定の辞書を6個から8個並べたリストを、`my_plan`に入れてください。答えるまでは、例として`{"l2": 0.1}`、`{"l1": 0.01}`、`{"rate": 0.5, "l2": 0.03}`の3つだけを試します。
#
# <details><summary>ヒント</summary>
#
# $\lambda$は3倍ぐらいずつ変えて、強すぎるものと弱すぎるものも入れます。このデータの損失は、以前の数字のデータとは単位が違うので、$\lambda$のよい値も違います。
#
# </details>
# %% [markdown] lang="en" id="ex-plan" tags=["exercise"]
# ### Task 4: make a plan
#
# Put a list of 6 to 8 settings, each a dictionary, into `my_plan`. Until you do, we go on with just three as an example: `{"l2": 0.1}`, `{"l1": 0.01}` and `{"rate": 0.5, "l2": 0.03}`.
#
# <details><summary>Hint</summary>
#
# Change $\lambda$ by factors of about 3, and include some that may be too strong or too weak. The loss has other units here than with the digits, so other values of $\lambda$ will be good.
#
# </details>

# %% id="ex-plan-answer" tags=["exercise"]
my_plan = ...
early_stopping = False

# %% id="ex-plan-solution" tags=["solution"]
my_plan = [
    {"l2": 0.03}, {"l2": 0.1}, {"l2": 0.3}, {"l1": 0.01}, {"l1": 0.01, "l2": 0.03},
    {"rate": 0.5}, {"rate": 0.5, "l2": 0.03},
]
early_stopping = False

# %% id="ex-plan-check" tags=["check"]
check("08-plan", my_plan)

# %% id="plan-run"
def stop_early():
    return [keras.callbacks.EarlyStopping("val_data_loss", patience=20, restore_best_weights=True)]


def treat(settings, callbacks=None):
    return training.sweep(
        build_model, settings, data=clinic, epochs=200, seeds=range(3), callbacks=callbacks, progress=False
    )


def label(point):
    return ", ".join(f"{name}={value:g}" for name, value in point.items()) or text("remedy_nothing")

# %% id="plan-figure"
example = [{"l2": 0.1}, {"l1": 0.01}, {"rate": 0.5, "l2": 0.03}]
plan = example if my_plan is ... else my_plan
untreated = treat([{}])
trial = treat(plan, callbacks=stop_early if early_stopping else None)
runs = [*untreated.runs, *trial.runs]
found = {label(run.point): [] for run in runs}
for run in runs:
    found[label(run.point)].append(r_squared(run.model, *clinic(run.seed).validation))
clinics = [clinic(seed) for seed in range(3)]
found[text("linear_model")] = [LinearRegression().fit(*c.train).score(*c.validation) for c in clinics]
plots.plot_scores(found, text("r_squared"), baseline=text("linear_model"));

# %% [markdown] lang="ja" id="plan-seen" claims="08-remedies-reach-the-linear-model"
# 検証データでの$R^2$です。ひし形は3つのシードの平均、横線は標準偏差、灰色の点は1つ1つのシードです。シードは、訓練データと検証データの分け方、初期の重み、行の順番、マスクのすべてを変えます。
#
# 「対策なし」は0ほどで、平均を答えるのと変わりません。例として試した3つは、この実行では、どれも0.5ほどに上がり、線形回帰（0.47）に並びました。どの対策でも灰色の点が大きく散らばるのは、検証データが100人だけで、シードごとに違う人たちだからです。
# %% [markdown] lang="en" id="plan-seen" claims="08-remedies-reach-the-linear-model"
# This is $R^2$ on the validation data. Diamonds are means over 3 seeds, lines standard deviations, gray dots single seeds. A seed changes everything: which people train and which validate, initial weights, order of the rows and masks.
#
# “Nothing” is at about 0, no better than answering the mean. Each of the three examples rises to about 0.5 in this run, level with linear regression (0.47). The gray dots of every remedy lie far apart because the validation data are only 100 people, and other people for each seed.

# %% [markdown] lang="ja" id="ex-pick" tags=["exercise"]
# ### 課題5　1つに決める
#
# `trial`の中から、検証データでの**データ損失**の平均（シード3つ）がいちばん小さい設定を、辞書で`my_setting`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `trial.best(…)`は、表の列の名前を受け取り、いちばんよい設定を返します。列には`data_loss`、`penalty`、`val_data_loss`、`val_penalty`があります。どれを使うべきでしょうか。表に使われるのは最後のエポックの値です。早期終了を加えたときは、戻した重みのモデルを`training.evaluate`で測り直して選んでもかまいません。
#
# </details>
# %% [markdown] lang="en" id="ex-pick" tags=["exercise"]
# ### Task 5: decide on one
#
# Put the setting in `trial` with the lowest **data loss** on validation data, averaged over the 3 seeds, into `my_setting`, as a dictionary.
#
# <details><summary>Hint</summary>
#
# `trial.best(…)` takes the name of a column of its table and returns the best setting. There are `data_loss`, `penalty`, `val_data_loss` and `val_penalty`. Which is the one to use? The table holds the values of the last epoch. If you added early stopping, you may also measure the models with their restored weights again, by `training.evaluate`, and choose by that.
#
# </details>

# %% id="ex-pick-answer" tags=["exercise"]
my_setting = ...

# %% id="ex-pick-solution" tags=["solution"]
my_setting = trial.best("val_data_loss")

# %% id="ex-pick-check" tags=["check"]
check("08-pick", my_setting, trial, clinic)

# %% [markdown] lang="ja" id="report-question"
# ## 最後の測定
#
# 決めた設定（答えていなければ、検証データで選んだ設定）を、初めてテストデータで測ります。**結果がどうであっても、ここから戻ってやり直してはいけません。** 戻ってよいのは、新しいテストデータが手に入ったときだけです。
#
# このセルは何度でも実行できてしまいます。気に入るまで測り直せば、それはもうテストデータで選んでいるのと同じです。そこでセルは最初の測定を覚え、実行するたびに表示します。**報告に書くのは、最初の数字だけです。**
#
# **予想してみよう**　同僚のネットワーク、線形回帰、あなたの選択。どれが勝つでしょうか。
# %% [markdown] lang="en" id="report-question"
# ## The final measurement
#
# The setting you decided on (or, without an answer, the one that validation data choose) now meets the test data for the first time. **Whatever comes out, there is no way back from here.** You may go back only when you have new test data.
#
# Nothing stops you from running this cell again. But whoever measures until the number pleases is choosing on test data. So the cell keeps the first measurement and shows it each time. **Only the first number goes into the report.**
#
# **Make a guess.** The colleague's network, linear regression, or your choice: which will win?

# %% id="report-run"
setting = my_setting if my_setting in plan else trial.best("val_data_loss")
names = [text("colleagues_network"), text("linear_model"), text("your_choice", setting=label(setting))]
final = {name: [] for name in names}
for seed in range(3):
    rows = clinic(seed)
    final[names[0]].append(r_squared(untreated.model({}, seed), *rows.test))
    final[names[1]].append(LinearRegression().fit(*rows.train).score(*rows.test))
    final[names[2]].append(r_squared(trial.model(setting, seed), *rows.test))
plots.plot_scores(final, text("r_squared"))
for name, values in final.items():
    print(f"R² {np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}  {name}")
measured = [*globals().get("measured", []), f"R² {np.mean(final[names[2]]):.2f}  {label(setting)}"]
print(text("first_measurement", first=measured[0], times=len(measured)))

# %% [markdown] lang="ja" id="report-seen" claims="08-the-network-overfits 08-linear-regression-is-the-bar 08-remedies-reach-the-linear-model"
# 同僚のネットワークは、この実行では0.3ほどでした。治療したネットワークは0.5を超えるところまで回復しました。同じデータ、同じネットワークで、変えたのは正則化だけです。
#
# けれども、**線形回帰も同じくらい当たります**。テストデータで、ほかのシードについても確かめると（ほかの対策も測りましたが、選ぶためではなく、報告のためです）、同僚のネットワークは0から0.4までばらついて、平均は0.2から0.3でした。`l2=0.1`、`l1=0.01`、`rate=0.5, l2=0.03`の平均は、どれも0.5から0.57の間で、線形回帰（0.54ほど）との差は0.04以内です。毎回200人の訓練データからは、まっすぐな関係を超えるものは、どの対策でも見つかりませんでした。
#
# 線形回帰とあなたの選択の±が小さいのは、1つには、142人がどのシードでも同じだからです。**別の142人なら、全体がもっと動きます。** シードごとに違う100人で測った検証データでは、この実行で、線形回帰だけでも$0.47 \pm 0.06$でした。0.01の差に意味はありません。
#
# これは失敗ではなく、診療所に伝えるべき大切な発見です。過学習を治すと、モデルは**データが教えてくれるところまで**よくなります。それより先へは進めません。
# %% [markdown] lang="en" id="report-seen" claims="08-the-network-overfits 08-linear-regression-is-the-bar 08-remedies-reach-the-linear-model"
# The colleague's network has about 0.3 in this run. The treated one recovers to more than 0.5, with the same data and the same network; only regularization was added.
#
# And yet **linear regression does just as well**. Over other seeds, on the test data (we measured the other remedies too, to report and not to choose), the colleague's network varies from 0 to 0.4, with a mean of 0.2 to 0.3. The means of `l2=0.1`, `l1=0.01` and `rate=0.5, l2=0.03` all lie between 0.5 and 0.57, within 0.04 of linear regression (about 0.54). From 200 people at a time, no remedy found anything beyond straight lines.
#
# The ± of linear regression and of your choice is small, partly because the 142 people are the same for every seed. **With another 142, everything would move much more.** On validation data, where each seed has another 100 people, linear regression alone has $0.47 \pm 0.06$ in this run. A difference of 0.01 means nothing.
#
# That is no failure but a finding, and one the clinic should hear. Curing overfitting makes a model as good as **what the data can teach it**, and no better.

# %% [markdown] lang="ja" id="easier-question"
# ### テストの成績が検証の成績よりよいのは、なぜ？
#
# 1つ、おかしなことがあります。同僚のネットワークは、検証データでは0ほどだったのに、テストデータでは0.3ほどです。何も選んでいないのですから、2つは同じくらいになるはずです。
#
# 線形回帰でも、検証データの0.47に対してテストデータは0.55でした。モデルのせいではないのかもしれません。最後の測定は済んだので、もう選ぶことはありません。そこで442人全員を、別の200人、100人、142人に何度も分け直してみます。
#
# **予想してみよう**　分け直すと、テストの成績は、検証の成績よりよいままでしょうか。
# %% [markdown] lang="en" id="easier-question"
# ### Why are the test scores better than the validation scores?
#
# There is something odd here. The colleague's network had about 0 on the validation data and has about 0.3 on the test data. Nothing was chosen by either of them, so they should be about equal.
#
# Linear regression, too, has 0.47 on validation data and 0.55 on test data. Perhaps it is not the model. The final measurement is done and there is nothing left to choose. So let us divide all 442 people into another 200, 100 and 142, many times.
#
# **Make a guess.** In other divisions, will the test scores still be better than the validation scores?

# %% id="easier-run"
def divided_again(seed, **point):
    x, y = (np.concatenate([getattr(part, name) for part in (patients.train, patients.validation, patients.test)])
            for name in ("x", "y"))
    places = np.split(np.random.default_rng(seed).permutation(len(x)), [200, 300])
    return standardize(data.Dataset(*(data.Split(x[rows], y[rows]) for rows in places)))


again = training.sweep(build_model, [{}], data=divided_again, epochs=200, seeds=range(3), progress=False)
both = {name: {text("colleagues_network"): [], text("linear_model"): []} for name in ("validation", "test")}
for name, scores in both.items():
    for run in again.runs:
        part = getattr(divided_again(run.seed), name)
        scores[text("colleagues_network")].append(r_squared(run.model, *part))
    for rows in map(divided_again, range(100)):
        scores[text("linear_model")].append(LinearRegression().fit(*rows.train).score(*getattr(rows, name)))
pd.DataFrame({
    text(f"{name}_data"): {model: f"{np.mean(r):.2f} ± {np.std(r, ddof=1):.2f}" for model, r in scores.items()}
    for name, scores in both.items()
})

# %% [markdown] lang="ja" id="easier-seen" claims="08-the-test-people-are-easier"
# 分け直すと、差はほとんど消えました（ネットワークは3通り、線形回帰は100通りの分け方の平均と標準偏差です）。線形回帰は、どちらのデータでも平均0.48ほどです。0.54を超えるテストの成績は、20%以下の分け方にしか現れません。
#
# つまり、**最初の142人は、どのモデルにとっても、たまたま当てやすい人たち**だったのです。診療所に0.55を約束してはいけません。新しい患者さんでは、線形回帰でも0.48ほどと考えるほうが安全です。テストデータで1回だけ測れば、選んだことによる甘さは避けられますが、どの142人に当たったかという運は残ります。
# %% [markdown] lang="en" id="easier-seen" claims="08-the-test-people-are-easier"
# In other divisions the difference is all but gone (means and standard deviations over 3 divisions for the network, and 100 for linear regression). Linear regression has about 0.48 on either part. A test score above 0.54 turns up in no more than 20% of divisions.
#
# So **the first 142 people happen to be easy to predict, for any model**. Do not promise the clinic 0.55: for new patients even of linear regression it is safer to expect 0.48 or so. Measuring once on test data protects against the optimism of choosing, but not against the luck of which 142 people you drew.

# %% [markdown] lang="ja" id="ex-report" tags=["exercise"]
# ### 課題6　報告の数字
#
# 報告には、誤差を点数の単位で書くと伝わります。`setting`のモデルの、テストデータでの**二乗平均平方根誤差**（平均二乗誤差の平方根）を、シード0について、病気の**点数の単位**で`my_error`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `training.evaluate(trial.model(setting, 0), *clinic(0).test)["data_loss"]`は、標準化した点数での平均二乗誤差です。平方根を取ってから、元の単位に戻すには、何を掛ければよいでしょうか。
#
# </details>
# %% [markdown] lang="en" id="ex-report" tags=["exercise"]
# ### Task 6: a number for the report
#
# Readers understand an error in points of the score. For seed 0, put the **root mean squared error** (the square root of the mean squared error) of the model with `setting` on the test data into `my_error`, **in points of the score**.
#
# <details><summary>Hint</summary>
#
# `training.evaluate(trial.model(setting, 0), *clinic(0).test)["data_loss"]` is the mean squared error of standardized scores. Take the square root; what must it be multiplied by to return to the original unit?
#
# </details>

# %% id="ex-report-answer" tags=["exercise"]
my_error = ...

# %% id="ex-report-solution" tags=["solution"]
squared = training.evaluate(trial.model(setting, 0), *clinic(0).test)["data_loss"]
my_error = np.sqrt(squared) * data.diabetes(seed=0).train.y.std()

# %% id="ex-report-check" tags=["check"]
check("08-report", my_error, trial.model(setting, 0), data.diabetes(seed=0))

# %% [markdown] lang="ja" id="write"
# ## 報告を書く
#
# 診療所への報告を、1ページにまとめてください。次の5つに答えます。
#
# 1. 同僚のモデルに何が起きていましたか。どの数字から分かりますか。
# 2. どんな対策を、どんな予算で試しましたか。どうやって1つに決めましたか。
# 3. 新しい患者さんでの成績はどのくらいですか（$R^2$の平均と標準偏差、点数での誤差）。その標準偏差は、何のばらつきですか。
# 4. 線形回帰と比べてどうですか。診療所はどちらを使うべきですか。
# 5. この結果は、どこまで信じてよいですか（人数、シードの数、診療所の違い）。
# %% [markdown] lang="en" id="write"
# ## Write the report
#
# Write one page to the clinic that answers five questions.
#
# 1. What was wrong with the colleague's model, and which numbers tell?
# 2. Which remedies did you try, with what budget, and how did you decide?
# 3. How well does the model do on new patients ($R^2$ as mean and standard deviation, and the error in points)? What does that standard deviation vary over?
# 4. How does it compare with linear regression, and which should the clinic use?
# 5. How far can the result be trusted (number of people, number of seeds, other clinics)?

# %% [markdown] lang="ja" id="rubric" tags=["teacher"]
# ## 先生へ：ルーブリック
#
# 20点満点です。課題の答え合わせが緑でも、説明がなければ満点にはしません。
#
# | 観点 | 4点 | 2点 | 0点 |
# |---|---|---|---|
# | 準備と診断 | 訓練データの統計量だけで標準化し、曲線と数字の両方から過学習を説明する | どちらか一方だけ | 漏洩がある、または診断がない |
# | 基準 | 線形回帰と比べ、その意味を述べる | 数字だけを書く | 比べていない |
# | 計画 | 2種類以上の対策を、弱すぎる値と強すぎる値を含めて計画し、理由を書く | 設定はあるが、理由がない | 予算や種類を守っていない |
# | 選択と測定 | 検証データのデータ損失で選び、テストデータを1回だけ使う | 選んだ根拠があいまい | テストデータで選んでいる |
# | 報告 | 平均、ばらつき、単位のある誤差、限界がそろい、結論が数字から出ている | 一部が欠けている | 1回の数字だけで断言している |
# %% [markdown] lang="en" id="rubric" tags=["teacher"]
# ## For the teacher: rubric
#
# 20 points in all. A green check without an explanation does not earn the full score.
#
# | aspect | 4 points | 2 points | 0 points |
# |---|---|---|---|
# | preparation and diagnosis | standardizes with training statistics only; explains the overfitting from both curves and numbers | only one of them | leakage, or no diagnosis |
# | bar | compares with linear regression and says what it means | gives the number only | no comparison |
# | plan | at least two kinds of remedy, with values that may be too weak or too strong, and reasons | settings without reasons | ignores the budget or the kinds |
# | choice and measurement | chooses by the data loss on validation data, uses the test data once | unclear grounds for the choice | chooses on test data |
# | report | mean, spread, an error with its unit, and limits; the conclusion follows from the numbers | something is missing | asserts from a single number |

# %% [markdown] lang="ja" id="model-answer" tags=["teacher"]
# ## 先生へ：報告の例
#
# 1. 同僚のネットワークは、訓練データでは$R^2 = 1.00$なのに、検証データでは大きく下がります。損失曲線では、検証損失が早いうちに最小になり、そのあと上がり続けます。過学習です。
# 2. L2を3通り、L1を1通り、Elastic Netを1通り、ドロップアウトを1通り、ドロップアウトとL2の組み合わせを1通り、合計7通りを、200エポックずつ試しました。検証データでのデータ損失の平均（シード3つ）がいちばん小さかった`l1=0.01`に決めました。
# 3. テストデータの142人では$R^2 = 0.56 \pm 0.01$で、誤差はおよそ50点です。±は、訓練と検証の分け方や初期の重みを3通りに変えたときの標準偏差です。同僚のネットワークは$0.31 \pm 0.09$です。
# 4. 線形回帰も、ほとんど同じ成績です。説明しやすく、訓練の設定も要らないので、診療所には線形回帰を勧めます。
# 5. テストデータは142人だけで、±には、どの142人に当たったかのばらつきが入っていません。シードごとに人が変わる検証データでは、同じ設定でも$0.49 \pm 0.05$でした。人を分け直すと、線形回帰のテストの成績も0.48ほどに下がるので、この142人は当てやすい人たちだったようです。0.02の差は、違いとは言えません。また、ほかの診療所の患者さんでは、分布のずれのために成績が下がるかもしれません。
# %% [markdown] lang="en" id="model-answer" tags=["teacher"]
# ## For the teacher: a model report
#
# 1. The colleague's network has $R^2 = 1.00$ on the training data and far less on the validation data. The validation loss reaches its minimum early and climbs from then on. This is overfitting.
# 2. We tried 7 settings: three of L2, one of L1, one Elastic Net, one of dropout, and one of dropout with L2, for 200 epochs each. We decided on `l1=0.01`, which had the lowest data loss on validation data, averaged over 3 seeds.
# 3. On the 142 people of the test data $R^2 = 0.56 \pm 0.01$, and the error is about 50 points. The ± is the standard deviation over 3 ways to divide training and validation data, with other initial weights. The colleague's network has $0.31 \pm 0.09$.
# 4. Linear regression does almost as well. It is easy to explain and has nothing to tune, so we recommend it to the clinic.
# 5. There are only 142 people in the test data, and the ± leaves out which 142 they happen to be. On validation data, where each seed has other people, the same setting has $0.49 \pm 0.05$. When all people are divided anew, the test score of linear regression falls to about 0.48, so these 142 seem to have been easy ones. So a difference of 0.02 is none. For patients of other clinics, results may be worse, because of a distribution shift.

# %% [markdown] lang="ja" id="larger-question"
# ## 訓練データの人数を変える
#
# 最後に、訓練データの人数を動かしてみます。「対策なし」、`l2=0.1`、線形回帰を、訓練データを50行、100行、200行と増やしながら、検証データでの$R^2$で比べます。もう1つ、線形回帰にも同じペナルティを与えた**リッジ回帰**を並べます。$\lambda = 0.1$に当たるscikit-learnの`alpha`は$0.1\,n$です（[03](03_l2.ipynb)）。
#
# 1000行と5000行には、もっと大きなデータが要ります。そこで、カリフォルニアの20640地区の住宅価格（特徴量8個）を、初めて使うときにインターネットから読み込みます。読み込めないときは、そう知らせて、同じ糖尿病のデータで50行から200行までを比べます。
#
# エポック数は行数に反比例させ、重みの更新の回数を、どの行数でもほぼ同じ（1250回から1600回ほど）にします。シードは3つで、使う行、初期の重み、行の順番を変えます（糖尿病のデータの200行では、どのシードも全部の行を使います）。
#
# **予想してみよう**　行が増えると、正則化の値打ちはどう変わるでしょうか。
# %% [markdown] lang="en" id="larger-question"
# ## Another number of training rows
#
# To end with, we change the number of people. We compare “nothing”, `l2=0.1` and linear regression by $R^2$ on validation data, with 50, 100 and 200 training rows. Beside them stands linear regression with the same penalty, **ridge regression**: $\lambda = 0.1$ is an `alpha` of $0.1\,n$ in scikit-learn ([03](03_l2.ipynb)).
#
# For 1000 and 5000 rows it takes larger data: the house prices of 20640 districts of California, with 8 features. They are loaded from the internet the first time. Where that fails, you are told so, and the same diabetes data serve for 50 to 200 rows.
#
# The number of epochs is inversely proportional to the number of rows, so that weights are updated about equally often with all of them (some 1250 to 1600 times). There are 3 seeds, which change the rows used, the initial weights and the order of the rows (with 200 rows of the diabetes data, every seed uses all of them).
#
# **Make a guess.** With more rows, what is regularization worth?

# %% id="larger-run" tags=["shows-warning"]
larger, table = data.california_housing(seed=0), {}
names = text("remedy_nothing"), "l2=0.1", text("linear_model"), text("ridge_regression")
for n in [n for n in (50, 100, 200, 1000, 5000) if n <= len(larger.train.x)]:
    column = {name: [] for name in names}
    for seed in range(3):
        rows = np.random.default_rng(seed).permutation(len(larger.train.x))[:n]
        some = data.Split(larger.train.x[rows], larger.train.y[rows])
        part = standardize(data.Dataset(some, larger.validation, larger.test))
        for name, strength in zip(names[:2], (None, 0.1), strict=True):
            model = build_model(l2=strength, seed=seed, n_features=part.train.x.shape[1])
            training.fit(model, *part.train, epochs=40000 // n, progress=False)
            column[name].append(r_squared(model, *part.validation))
        for name, line in zip(names[2:], (LinearRegression(), Ridge(alpha=0.1 * n)), strict=True):
            column[name].append(line.fit(*part.train).score(*part.validation))
    table[text("rows", n=n)] = {name: np.mean(values) for name, values in column.items()}
pd.DataFrame(table).round(2)

# %% [markdown] lang="ja" id="larger-seen" claims="08-with-few-rows-l2-beats-the-plain-line"
# 付属の糖尿病のデータでは、この実行の3つのシードの平均で、50行のとき`l2=0.1`が0.38、線形回帰が0.29でした。行がこれほど少ないと、重み10個とバイアスしかない線形回帰も過学習するので、正則化の値打ちは大きくなります。ほかのシードでも、平均では`l2=0.1`のほうが上でした。
#
# では、50行ではネットワークが要るのでしょうか。**いいえ。リッジ回帰も、ほとんど同じくらい当たります。** 線形回帰より上に出たのはペナルティのおかげで、隠れ層のおかげではありません。
#
# 100行では線形回帰も並び、200行ではどれも0.47ほどでした。この検証データの100人（ここでは、前と違い、どのシードでも同じ人たちです）では、「対策なし」の平均は、どの行数でも0ほどか、それより下です。このネットワークには、200行でもまだ少なすぎます。
#
# カリフォルニアのデータを読み込めたら、1000行と5000行の列で、次の2つを見てください。「対策なし」は`l2=0.1`に追いつくでしょうか。ネットワークは線形回帰を**超える**でしょうか。超えるなら、まっすぐな関係より先の何かを見つけたのです。$\lambda$も変えてみてください。このデータに合った0.1が、そこでも合うとは限りません。
# %% [markdown] lang="en" id="larger-seen" claims="08-with-few-rows-l2-beats-the-plain-line"
# With the bundled diabetes data, averaged over the 3 seeds of this run, `l2=0.1` has 0.38 with 50 rows, and linear regression 0.29. With so few rows even linear regression overfits, with no more than 10 weights and a bias, and regularization is worth a lot. Over other seeds, too, `l2=0.1` was ahead on average.
#
# So is the network what 50 rows call for? **No. Ridge regression does nearly as well.** What puts them ahead of linear regression is the penalty, not the hidden layers.
#
# With 100 rows linear regression has caught up, and with 200 rows all three have about 0.47. On these 100 validation people (here, unlike above, the same for every seed) the mean of “nothing” is about 0 or below with any number of rows: for this network, 200 rows are still far too few.
#
# If the data of California could be loaded, look for two things in the columns of 1000 and 5000 rows. Does “nothing” catch up with `l2=0.1`? And does a network go **beyond** linear regression? If so, it has found something past straight lines. Change $\lambda$, too: the value of 0.1 that suits these data need not suit those.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("08")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - 診断し、簡単なモデルを基準にし、計画を立て、検証データで選び、テストデータで1回だけ測る。この順番は、どんなデータでも同じです。
# - このデータでは、試した対策（L1、L2、ドロップアウトとL2）のどれもが、ネットワークを線形回帰と並ぶところまで回復させましたが、はっきり超えたものはありませんでした。
# - 訓練データが50人に減ると、正則化のない線形回帰も過学習し、L2を加えたネットワークのほうがよく当たりました。けれども、同じペナルティのリッジ回帰も、それにほぼ並びました。
# - 最後の測定は、最初の数字だけを報告します。その数字にも、どの人たちに当たったかという運が入っています。
# - 過学習を治すことと、よいモデルを持つことは、同じではありません。**簡単なモデルと比べるまで、何も言えません。**
#
# 前の課は[07　対策の選び方](07_choosing.ipynb)、次は[09　Kerasリファレンス](09_keras_reference.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[カリフォルニアの住宅価格](https://keras.io/api/datasets/california_housing/)、[重みの正則化](https://keras.io/api/layers/regularizers/)
# - B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004). Least angle regression. Annals of Statistics 32, 407–499.
# - R. Pace, R. Barry (1997). Sparse spatial autoregressions. Statistics & Probability Letters 33, 291–297.
# - L. Grinsztajn, E. Oyallon, G. Varoquaux (2022). Why do tree-based models still outperform deep learning on typical tabular data? NeurIPS. [arXiv:2207.08815](https://arxiv.org/abs/2207.08815)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - Diagnose, take a simple model as the bar, plan, choose on validation data, measure once on test data. This order is the same for any data.
# - Here each remedy that we tried (L1, L2, dropout with L2) brought the network back to the level of linear regression, and none went clearly beyond it.
# - With only 50 people to train on, linear regression without regularization overfits too, and the network with L2 did better. But ridge regression, with the same penalty, did nearly as well.
# - Of the final measurement, only the first number is reported. Even that has the luck in it of which people it was.
# - Curing overfitting is not the same as having a good model. **Until you have compared with a simple one, you cannot tell.**
#
# The previous lesson is [07 Choosing between remedies](07_choosing.ipynb); next comes [09 Keras reference](09_keras_reference.ipynb).
#
# ## Read more
#
# - On Keras' pages: [California housing](https://keras.io/api/datasets/california_housing/), [weight regularizers](https://keras.io/api/layers/regularizers/)
# - B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004). Least angle regression. Annals of Statistics 32, 407–499.
# - R. Pace, R. Barry (1997). Sparse spatial autoregressions. Statistics & Probability Letters 33, 291–297.
# - L. Grinsztajn, E. Oyallon, G. Varoquaux (2022). Why do tree-based models still outperform deep learning on typical tabular data? NeurIPS. [arXiv:2207.08815](https://arxiv.org/abs/2207.08815)
